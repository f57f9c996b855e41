"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]
"""The option of commands over many files."""
