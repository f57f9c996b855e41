"""Functions of a project that its packaging files have others call."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.analysis.elsewhere import Converted

FILES = ("pyproject.toml", "setup.cfg", "setup.py")
"""Where entry points are declared."""

_TARGET = re.compile(r"(?P<module>[\w.]+)\s*:\s*(?P<name>[A-Za-z_][\w.]*)")


def entry_point(root: Path, converted: Iterable[Converted]) -> str:
    """The first of some functions that is an entry point, and where; or nothing. Reads files.

    Args:
        root: The project's folder.
        converted: The functions.
    """
    known = {(_module(each.path), each.name): each.name for each in converted}
    for name in FILES:
        try:
            text = (root / name).read_text(encoding="utf-8")
        except (OSError, ValueError):
            continue
        for found in _TARGET.finditer(text):
            target = found["module"].rpartition(".")[2], found["name"]
            if target in known:
                return f"{name} has {found[0]} called by others, which do not await it"
    return ""


def _module(path: str) -> str:
    """The last part of the name of a file's module."""
    file = Path(path)
    return file.parent.name if file.stem == "__init__" else file.stem
