"""Random edits of Python code, to compare the findings after them with the expected ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

TYPES = ("int", "str", "float", "bytes", "bool", "object", "list[str]")
NAMES = ("area", "item", "get", "shift", "left", "run", "size", "VALUE", "first", "late", "flag")
LINES = (
    'zz: int = "bad"',
    "reveal_type(1)",
    "import os, no_such_module",
    "import collections.abc",
    "from store import Circle as Other",
    "from shapes import nothing_here",
    "try: pass\nexcept OSError: maybe = 1",
    "import enum\nclass E(enum.Enum):\n    A = 1",
)
IGNORES = ("  # type: ignore", "  # type: ignore[assignment]", "  # type: ignore[arg-type]", "")


def _swap(rng: random.Random, line: str, words: tuple[str, ...], others: tuple[str, ...]) -> str:
    """Replace one of the words in a line, if it contains any."""
    found = list(re.finditer(rf"\b({'|'.join(map(re.escape, words))})\b", line))
    if not found:
        return line
    start, end = rng.choice(found).span()
    return line[:start] + rng.choice(others) + line[end:]


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def edited(rng: random.Random, text: str, of: str = "") -> str:
    """Change a random line of a text, if possible one that matches a pattern.

    The result may be invalid Python.
    """
    lines = text.split("\n")
    numbers = [number for number, line in enumerate(lines[:-1]) if re.search(of, line)]
    number = rng.choice(numbers or range(len(lines) - 1))
    line, after = lines[number : number + 2]
    pairs = [
        (_swap(rng, line, TYPES[:-1], TYPES), after),
        (_swap(rng, line, NAMES, (*NAMES, "other")), after),
        (after,),
        (_indent(line) + rng.choice(LINES).replace("\n", "\n" + _indent(line)), line, after),
        (line.split("  #")[0] + rng.choice(IGNORES), after),
        (line + rng.choice([" +", " (", "]"]), after),
        (after, line),
        (line.replace("self.", "self.x_", 1), after),
        (re.sub(r"\)( ->.*)?:", rng.choice([") -> int:", "):"]), line), after),
    ]
    lines[number : number + 2] = rng.choice(pairs)
    return "\n".join(lines)
