"""What the filter replaces in code that has no secrets."""

from __future__ import annotations

import importlib.util
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.privacy.redactor import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = ("httpx", "requests", "rich")
"""Packages that every environment for development has."""

_LEFT_OUT = {"test", "tests", "idle_test", "site-packages", "lib2to3", "__pycache__"}


class Replaced(NamedTuple):
    """What was replaced in the files of a folder.

    Attributes:
        lines: How many lines they have.
        words: The distinct strings replaced in each file, with its name.
    """

    lines: int
    words: tuple[tuple[str, str], ...]

    @property
    def rate(self) -> float:
        """Strings replaced for each 1,000 lines."""
        return 1000 * len(self.words) / self.lines


def folders() -> dict[str, Path]:
    """What is measured: the standard library and the packages, by name."""
    found = {"Lib": Path(sysconfig.get_path("stdlib"))}
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec and spec.origin:
            found[name] = Path(spec.origin).parent
    return found


def replaced(folder: Path) -> Replaced:
    """What is replaced in the code of a folder, its tests left out."""
    lines, words = 0, []
    for path in _modules(folder):
        text = path.read_text("utf-8", "replace")
        redactor = Redactor(enabled=True)
        redactor.redact(text)
        lines += text.count("\n")
        words += [(str(path.relative_to(folder)), word) for word in redactor.secrets.values()]
    return Replaced(lines, tuple(words))


def _modules(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.py")):
        if _LEFT_OUT.isdisjoint(path.relative_to(folder).parts):
            yield path
