"""IPython's own syntax in a notebook cell: magics, shell commands and help, which are not Python.

See https://ipython.readthedocs.io/en/stable/interactive/reference.html.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from python_expert.text.document import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

PYTHON_MAGICS = frozenset(
    {"capture", "debug", "ipytest", "prun", "pypy", "python", "python3", "time", "timeit"}
)
"""The cell magics whose cells are Python."""

NOTHING = "pass"
"""A statement that stands for a magic, so that a block that has no other one stays valid."""

UNKNOWN = 'globals()[""]'
"""An expression that stands for the result of a magic: its type is Any."""

_CELL_MAGIC = re.compile(r"\s*%%(\w*)")
_STATEMENT = re.compile(r"\s*(?:[%!?]|/\w|[\w.*]+(?:\[[^\]]*\])*[\w.*]*\?{1,2}\s*$)")
_RESULT = re.compile(r"(\s*[\w.,\s\[\]]+?=\s*)[%!]")
_TOKEN = re.compile(
    r"""(?P<comment>\#.*)|(?P<triple>\"{3}|'{3})|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?"""
    r"""|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<joined>\\\s*$)"""
)


def masked(text: str) -> tuple[list[str], frozenset[int]]:
    """Replace what is not Python in a cell, line by line.

    Args:
        text: The cell's text.

    Returns:
        The lines, without their ends, as Python; and the 0-based numbers of those replaced.
    """
    lines = [line.rstrip("\r\n") for line in split_lines(text)]
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if magic := _CELL_MAGIC.match(lines[first]):
        if magic[1] not in PYTHON_MAGICS:
            return [""] * len(lines), frozenset(range(len(lines)))
        lines[first] = ""
    replaced = {first} if magic else set[int]()
    for number in _statements(lines):
        if (python := _as_python(lines[number])) is not None:
            lines[number] = python
            replaced.add(number)
    return lines, frozenset(replaced)


def _as_python(line: str) -> str | None:
    """What stands for a line of IPython's own syntax; None if the line is Python."""
    if _STATEMENT.match(line):
        return line[: len(line) - len(line.lstrip())] + NOTHING
    if result := _RESULT.match(line):
        return result[1] + UNKNOWN
    return None


def _statements(lines: list[str]) -> Iterator[int]:
    """The numbers of the lines that are not inside a bracket, a string or a continued line.

    The caller replaces a line that is not Python before it takes the next number.
    """
    quotes, depth = "", 0
    joined = False
    for number in range(len(lines)):
        line = lines[number]
        outside = not (quotes or depth or joined)
        joined = False
        if outside:
            yield number
            line = lines[number]  # as Python
        place = 0
        while place < len(line):
            if quotes:
                end = line.find(quotes, place)
                if end < 0:
                    break
                quotes, place = "", end + 3
            elif token := _TOKEN.search(line, place):
                quotes = token["triple"] or ""
                depth = max(0, depth + bool(token["open"]) - bool(token["close"]))
                joined = bool(token["joined"])
                place = token.end()
            else:
                break
