"""Blanking of statements that do not parse, so that the rest of a buffer can be processed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from python_expert.text.document import line_length, split_lines
from python_expert.text.parsing import syntax_tree

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

MOST_MASKS = 25
"""Broken statements that are blanked before the buffer counts as unreadable."""

_BLOCK_EXPECTED = re.compile(r"expected an indented block after .* on line (\d+)")
_HANDLER_EXPECTED = "expected 'except' or 'finally' block"


class BrokenError(Exception):
    """A text, or the part of it that matters, cannot be parsed.

    Attributes:
        line: The 0-based line.
        message: The problem.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line + 1}: {message}")
        self.line = line
        self.message = message


class UnreadableError(Exception):
    """Too little of the text parses to be understood, or nothing does."""


def parse(text: str) -> ast.Module:
    """Parse Python source.

    Raises:
        BrokenError: The source does not parse, or is nested too deeply for Python to parse.
    """
    before, nul, _ = text.partition("\0")
    if nul:  # Python reports a NUL in several ways, without the line
        raise BrokenError("there is a NUL character", len(split_lines(before)) - 1)
    try:
        return syntax_tree(text)
    except SyntaxError as error:
        raise BrokenError(error.msg or "invalid syntax", _line(error)) from error
    except UnicodeEncodeError as error:  # an unpaired surrogate
        raise BrokenError("there is an unpaired surrogate", 0) from error
    except (RecursionError, MemoryError) as error:
        raise BrokenError("nested too deeply", 0) from error


def mask(text: str) -> tuple[str, list[int], ast.Module]:
    """Blank the statements that do not parse.

    Every line keeps its number and its line end; a blanked statement becomes ``pass``.

    Returns:
        The text that parses, the 0-based numbers of the lines blanked, and the syntax tree.

    Raises:
        BrokenError: Too little of the text parses to be understood.
    """
    lines = split_lines(text)
    masked: set[int] = set()
    first = BrokenError("too many parts do not parse", 0)
    for _ in range(MOST_MASKS):
        code = "".join(lines)
        try:
            tree = parse(code)
        except BrokenError as error:
            first = error
        else:
            return code, sorted(masked), tree
        start, end = _statement(lines, _line_of(lines, first))
        if set(range(start, end)) <= masked and lines[start].strip():
            lines[start] = " " + lines[start][line_length(lines[start]) :]
            continue
        while set(range(start, end)) <= masked:
            wider = _around(lines, start)
            if wider is None:
                raise first
            start, end = wider
        _blank(lines, start, end)
        masked.update(range(start, end))
    raise first


def _line(error: SyntaxError) -> int:
    """Return the 0-based line of the statement with the error."""
    if match := _BLOCK_EXPECTED.search(error.msg or ""):
        return int(match[1]) - 1
    return max((error.lineno or 1) - 1, 0)


def _line_of(lines: Sequence[str], error: BrokenError) -> int:
    """Return the line to blank for an error.

    For a ``try`` without a handler, this is the line of the ``try``.
    """
    line = min(error.line, len(lines) - 1)
    if _HANDLER_EXPECTED in str(error):
        depth = _indent(lines[line])
        for above in range(line - 1, -1, -1):
            if lines[above].lstrip().startswith("try") and _indent(lines[above]) <= depth:
                return above
    return line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t\f"))


def is_code(line: str) -> bool:
    """Return whether a line contains code."""
    content = line.strip()
    return bool(content) and not content.startswith("#")


def _statement(lines: Sequence[str], line: int) -> tuple[int, int]:
    """Return the lines of the statement at a line, with its decorators and its body."""
    while line and not is_code(lines[line]):
        line -= 1
    depth, end = _indent(lines[line]), line + 1
    while end < len(lines) and (not is_code(lines[end]) or _indent(lines[end]) > depth):
        end += 1
    while end > line + 1 and not is_code(lines[end - 1]):
        end -= 1
    start = line
    while (
        start and _indent(lines[start - 1]) == depth and lines[start - 1].lstrip().startswith("@")
    ):
        start -= 1
    return start, end


def _around(lines: Sequence[str], line: int) -> tuple[int, int] | None:
    """Return the lines of the compound statement that contains a line, or None at the top level."""
    depth = _indent(lines[line])
    for outer in range(line - 1, -1, -1):
        if is_code(lines[outer]) and _indent(lines[outer]) < depth:
            return _statement(lines, outer)
    return None


def _blank(lines: list[str], start: int, end: int) -> None:
    for number in range(start, end):
        line = lines[number]
        # The \n of an empty line would join a \r before it into one line end.
        kept = line[: _indent(line)] + "pass" if number == start else " "
        lines[number] = kept + line[line_length(line) :]
