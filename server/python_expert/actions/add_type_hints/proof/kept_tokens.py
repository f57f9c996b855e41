"""Compares the tokens that must stay when hints and imports are added."""

from __future__ import annotations

import tokenize
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from python_expert.text.document import Position


_LAYOUT: Final = frozenset({tokenize.NL, tokenize.DEDENT, tokenize.ENDMARKER})


_BRACKETS: Final = frozenset("(),")


class Span(NamedTuple):
    """An added part of a text.

    For a whole statement, the part includes the line end.

    Attributes:
        start: The start.
        end: The end.
        statement: Whether the part is a whole statement.
    """

    start: Position
    end: Position
    statement: bool


def first_difference(
    before: Iterable[tokenize.TokenInfo],
    after: Sequence[tokenize.TokenInfo],
    spans: Sequence[Span],
) -> int | None:
    """Return the 0-based line of the first differing token, or of the last token.

    Args:
        before: The tokens without the hints.
        after: The tokens with the hints.
        spans: The added parts, in any order.

    Returns:
        None if all significant tokens are the same.
    """
    old, new = list(_significant(before, [])), list(_significant(after, spans))
    for left, right in zip(old, new, strict=False):
        if left.type != right.type or (
            left.string != right.string and left.type != tokenize.NEWLINE
        ):
            return right.start[0] - 1
    if len(old) == len(new):
        return None
    return after[-1].end[0] - 1 if after else 0


def _significant(
    tokens: Iterable[tokenize.TokenInfo], spans: Sequence[Span]
) -> Iterator[tokenize.TokenInfo]:
    """Yield the significant tokens outside of spans; comments are always significant.

    Brackets, commas and line ends within brackets are formatting: equal trees show that they change
    nothing. The line end of a whole statement belongs to it.
    """
    ordered = sorted(spans)
    index, skipped = 0, -1
    for token in tokens:
        place = token.start[0] - 1, token.start[1]  # a Position is slow to create
        while index < len(ordered) and ordered[index].end <= place:
            skipped = ordered[index].end.line if ordered[index].statement else skipped
            index += 1
        inside = index < len(ordered) and ordered[index].start <= place
        if token.type == tokenize.NEWLINE and place[0] == skipped:
            skipped = -1
        elif token.type == tokenize.COMMENT or not (
            inside or token.type in _LAYOUT or token.string in _BRACKETS
        ):
            yield token
