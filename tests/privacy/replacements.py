"""Count the filter's replacements in code without secrets."""

from __future__ import annotations

import importlib.util
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.privacy.redactor import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = ("httpx", "requests", "rich")
"""Packages that every development environment has."""

_LEFT_OUT = {"test", "tests", "idle_test", "site-packages", "lib2to3", "__pycache__"}


class Replaced(NamedTuple):
    """The replacements in the files of a folder.

    Attributes:
        lines: The number of lines in the files.
        words: The distinct strings replaced in each file, with the file's name.
    """

    lines: int
    words: tuple[tuple[str, str], ...]

    @property
    def rate(self) -> float:
        """The number of replaced strings per 1,000 lines."""
        return 1000 * len(self.words) / self.lines


def folders() -> dict[str, Path]:
    """Return the folders to measure by name: the standard library and the packages."""
    found = {"Lib": Path(sysconfig.get_path("stdlib"))}
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec and spec.origin:
            found[name] = Path(spec.origin).parent
    return found


def replaced(folder: Path) -> Replaced:
    """Return the replacements in the code of a folder, without its tests."""
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
