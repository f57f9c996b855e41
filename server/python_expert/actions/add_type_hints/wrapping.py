"""Wraps headers that became too long by added hints, as formatters do."""

from __future__ import annotations

import tokenize
from typing import TYPE_CHECKING, Final, NamedTuple

from python_expert.analysis.characters import indentation
from python_expert.analysis.source import apply_edits
from python_expert.text.document import Edit, Position, Range, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.analysis.source import Source

USUAL_LENGTH: Final = 88
"""The default line length in columns, as of ruff and black."""

_TAB_SIZE: Final = 4
_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")


class _Mark(NamedTuple):
    """A token of a header.

    Attributes:
        text: An operator, ``#`` for a comment, or empty.
        depth: The number of brackets around the token; a bracket does not count itself.
        where: The token's range.
    """

    text: str
    depth: int
    where: Range


class _Header(NamedTuple):
    """A function's header.

    Attributes:
        all: The range from the opening bracket of the parameters to the colon.
        parts: The range of each parameter.
        cuts: The ends of the opening bracket and of the commas.
        closing: The position of the closing bracket of the parameters.
    """

    all: Range
    parts: Sequence[Range]
    cuts: Sequence[Position]
    closing: Position

    @property
    def last(self) -> Position:
        """The end of the last parameter and its comma."""
        return self.cuts[-1] if self.is_open else self.parts[-1].end

    @property
    def is_open(self) -> bool:
        """Whether there is a trailing comma, so that each parameter gets its own line."""
        return len(self.cuts) > len(self.parts)


def wrapped(source: Source, start: Position, edits: Sequence[Edit], length: int) -> Sequence[Edit]:
    """Add edits that break a function's header if the given edits made it too long.

    Args:
        source: The text.
        start: The start of the function, without its decorators.
        edits: The edits; all of them are in the header.
        length: The columns that a line may fill.
    """
    header = _header(source, start)
    if header is None:
        return edits
    ahead = source.lines[header.all.start.line][: header.all.start.column]
    behind = source.lines[header.all.end.line][header.all.end.column :].partition("#")[0].rstrip()
    before, after = source.slice(header.all), _edited(source, header.all, edits)
    fits = _fits(ahead + after + behind, length)
    if fits or not _fits(ahead + before + behind, length):
        return edits
    indent = source.lines[start.line][: start.column].rpartition("\f")[2]
    inner = indent + indentation(source.tokens_from(Position(0, 0)))
    one = inner + ", ".join(_edited(source, part, edits) for part in header.parts)
    is_one = not header.is_open and _fits(one, length)
    breaks = [
        Edit(Range(cut, part.start), " " if number and is_one else source.newline + inner)
        for number, (cut, part) in enumerate(zip(header.cuts, header.parts, strict=False))
    ]
    # Text after the last parameter goes before the comma and the line end.
    end = header.last
    comma = "" if is_one or header.is_open else ","
    kept = [each for each in edits if each.range.end != end]
    last = next((each for each in edits if each.range.end == end), Edit(Range(end, end), ""))
    text = last.text + comma + source.newline + indent
    return [*kept, *breaks, Edit(Range(last.range.start, header.closing), text)]


def _header(source: Source, start: Position) -> _Header | None:
    """Return a function's header; None if it cannot be broken.

    A header cannot be broken if it has comments, tabs within a line, no parameters, or a parameter
    with line ends.
    """
    marks = list(_marks(source, start))
    opening = next(at for at, each in enumerate(marks) if (each.text, each.depth) == ("(", 0))
    closing = next(
        at for at, each in enumerate(marks) if at > opening and (each.text, each.depth) == (")", 0)
    )
    parts: list[Range] = []
    cuts = [marks[opening].where.end]
    inside: list[Range] = []
    for text, depth, where in marks[opening + 1 : closing + 1]:
        if (text, depth) in {(",", 1), (")", 0)}:
            parts += [Range(inside[0].start, inside[-1].end)] if inside else []
            cuts += [where.end] if text == "," else []
            inside = []
        else:
            inside.append(where)
    if not parts or any(part.start.line != part.end.line for part in parts):
        return None
    if any(each.text == "#" for each in marks):
        return None
    whole = Range(marks[opening].where.start, marks[-1].where.start)
    header = _Header(whole, parts, cuts, marks[closing].where.start)
    gaps = [*zip(cuts, (part.start for part in parts), strict=False), (header.last, header.closing)]
    if any(source.slice(Range(*gap)).partition("\n")[0].strip(" \r") for gap in gaps):
        return None
    return header


def _marks(source: Source, start: Position) -> Iterator[_Mark]:
    """Yield the tokens of a function's header up to its colon."""
    around: list[str] = []
    is_behind = False
    for token in source.tokens_from(start):
        if token.type == tokenize.NL or not token.string:
            continue
        where = Range(*(Position(line - 1, at) for line, at in (token.start, token.end)))
        text = {tokenize.OP: token.string, tokenize.COMMENT: "#"}.get(token.type, "")
        if text in _CLOSING or (text == ":" and around[-1:] == ["lambda"]):
            around.pop()
        yield _Mark(text, len(around), where)
        if text == ":" and is_behind and not around:
            return
        is_behind = is_behind or (text == ")" and not around)
        if text in _OPENING or token.string == "lambda":
            around.append(token.string)  # up to its colon, a lambda has its own commas


def _edited(source: Source, where: Range, edits: Sequence[Edit]) -> str:
    """Return a part of the text with the edits in it applied."""

    def moved(at: Position) -> Position:
        line = at.line - where.start.line
        return Position(line, at.column if line else at.column - where.start.column)

    return apply_edits(
        source.slice(where),
        [
            Edit(Range(moved(edit.range.start), moved(edit.range.end)), edit.text)
            for edit in edits
            if where.start <= edit.range.start and edit.range.end <= where.end
        ],
    )


def _fits(text: str, length: int) -> bool:
    return all(len(line.expandtabs(_TAB_SIZE)) <= length for line in split_lines(text))
