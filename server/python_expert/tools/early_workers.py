"""The workers that the server starts before it knows a project's settings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.processes.early_start import end_early
from python_expert.tools.mypy import worker

if TYPE_CHECKING:
    from collections.abc import Container

    from python_expert.processes.command import Command


def early_worker(root: Path) -> Command:
    """Return the command of the worker that takes longest to start.

    It runs in the server's own interpreter, so that no code of the project runs: whether the
    folder is trusted is not known yet.

    Args:
        root: The project's folder.
    """
    return worker.serving(Path(sys.executable), root, trusted=False)


def end_if_unused(tools: Container[str]) -> None:
    """End the worker that was started early if its tool is not one of a project's tools."""
    from python_expert.tools.mypy.spec import MYPY  # noqa: PLC0415 - the worker starts sooner

    if MYPY not in tools:
        end_early()
