"""Texts to edit: generated modules of any size and a copy of a real package, with the edits.

All text is ASCII, so that a column is the same in every unit. Every edit contains a number that
appears in a message, so that a finding can be matched with its edit.
"""

from __future__ import annotations

import random
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.client import Change

RULES = (
    *("E", "W", "F", "I", "B", "C4", "UP", "ARG", "SIM", "TC", "PTH", "RUF", "S", "ASYNC"),
    *("BLE", "PLR2004", "PERF"),
)
"""The rules of Python Expert's own profile, so that every server does the same work."""

FIRST_NUMBER = 10_000
"""The first number. All have five digits, so that no edit moves the following text."""

_HEADER = '''\
"""Batches of numbers, made up for a benchmark."""

from __future__ import annotations


'''

_PROBE = f'''\
def probe(level: int) -> bool:
    """Tell whether the level is high."""
    return level > {FIRST_NUMBER}


'''

_CLEAN = '''\
class Batch{number}:
    """Numbers that arrived together, and the names they go by."""

    def __init__(self, items: list[int], names: list[str]) -> None:
        self.items = items
        self.names = names

    def total(self, limit: int) -> int:
        """Sum the items below a limit."""
        total = 0
        for item in self.items:
            if item < limit:
                total += item
        return total

    def longest(self) -> str:
        """Find the longest name."""
        return max(self.names, key=len, default="")


'''

_SMELLY = '''\
class Batch{number}:
    """Numbers that arrived together, and the names they go by."""

    def __init__(self, items: list[int], names: list[str]) -> None:
        self.items = items
        self.names = names

    def total(self, limit: int, spare: int) -> int:
        """Sum the items below a limit."""
        total = 0
        for item in self.items:
            if item < 17 and not item in (1, 2):
                total += item
        return total

    def longest(self) -> str:
        """Find the longest name."""
        return sorted(list(self.names), key=lambda name: len(name))[-1]


'''
"""Code with five findings of ruff (E713, C414, PLR2004, ARG002, ...), none of mypy or bandit."""

BLOCK_LINES = _CLEAN.count("\n")
BLOCK_FINDINGS = 5


def module(lines: int, findings: int) -> str:
    """Return a module with about this many lines and ruff findings, and the probe in its middle.

    It has no findings of mypy (strict) or bandit.
    """
    blocks = lines // BLOCK_LINES
    smelly = findings // BLOCK_FINDINGS
    texts = [
        # Spread evenly: block i is smelly where the line from 0 to `smelly` takes a step.
        (_SMELLY if (i + 1) * smelly // blocks > i * smelly // blocks else _CLEAN).format(number=i)
        for i in range(blocks)
    ]
    texts.insert(blocks // 2, _PROBE)
    return _HEADER + "".join(texts).rstrip("\n") + "\n"


class Probe:
    """The place in a module where edits change a number, as a user who tries out values."""

    def __init__(self, text: str) -> None:
        lines = text.split("\n")
        self.line = next(i for i, line in enumerate(lines) if "return level > " in line)
        self.column = lines[self.line].index(str(FIRST_NUMBER))

    def edit(self, number: int) -> Change:
        """Write a number, which ruff then calls a magic value (PLR2004)."""
        return (self.line, self.column), (self.line, self.column + 5), str(number)


def walk(text: str, count: int, seed: int = 7) -> Iterator[tuple[int, list[Change]]]:
    """Yield many edits of a module: the probe's number changes, and a line is added or removed.

    Yields:
        The number, and the changes.
    """
    probe, chance = Probe(text), random.Random(seed)  # noqa: S311 - not used for secrets
    height, line = text.count("\n"), 0
    for step in range(count):
        if step % 2 == 0:
            line = chance.randrange(probe.line + 2, height)
            other: Change = ((line, 0), (line, 0), f"# note {step}\n")
        else:
            other = ((line, 0), (line + 1, 0), "")
        number = FIRST_NUMBER + 1 + step
        yield number, [other, probe.edit(number)]


class RealFile(NamedTuple):
    """A file of a real package, and where a function can be added to it.

    Attributes:
        root: The project's folder.
        path: The file.
        text: Its text.
    """

    root: Path
    path: Path
    text: str

    def add(self, number: int) -> list[Change]:
        """Add a function with a problem for each of ruff, mypy and bandit.

        The three problems are unrelated, so that no server merges two of them.
        """
        return [((self.text.count("\n"), 0), (self.text.count("\n"), 0), _three(number))]

    def remove(self) -> list[Change]:
        """Remove the function again."""
        start = self.text.count("\n")
        return [((start, 0), (start + _three(0).count("\n"), 0), "")]


def real_file(folder: Path) -> RealFile:
    """Copy the package rich, which Python Expert depends on, into a project of its own."""
    root = folder / "rich-project"
    copy_package("rich", root)
    # bandit has a rule for PyTorch's loading (B614), and ruff has none.
    (root / "torch.py").write_text(
        '"""Stands in for PyTorch."""\n\n\n'
        'def load(path: str) -> object:\n    """Load what was saved."""\n    return path\n'
    )
    path = root / "rich" / "table.py"
    return RealFile(root, path, path.read_text(encoding="utf-8"))


def copy_package(name: str, folder: Path) -> None:
    """Copy an installed package into a folder."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(spec.origin).parent, folder / name, ignore=ignore)


def _three(number: int) -> str:
    return f'''

def probe(level: int) -> object:
    """Try three tools at once."""
    import torch

    if level > {number}:
        return level.probe_{number}
    return torch.load("weights")
'''
