"""The folders between a project and the root of its repository."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from python_expert.text.paths import ancestors

if TYPE_CHECKING:
    from pathlib import Path


def enclosing(folder: Path) -> list[Path]:
    """Return a folder and its parents up to the root of its repository, nearest first.

    Without a repository, the outermost folder with a pyproject.toml counts as the root.
    """
    found = ancestors(folder)
    top = 0
    for number, above in enumerate(found):
        if os.path.lexists(above / ".git"):
            return found[: number + 1]
        if os.path.lexists(above / "pyproject.toml"):
            top = number
    return found[: top + 1]
