"""The tokens of a text that must stay when hints and imports are added."""

from __future__ import annotations

import tokenize
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from python_expert.text.document import Position


_LAYOUT: Final = frozenset({tokenize.NL, tokenize.DEDENT, tokenize.ENDMARKER})


_BRACKETS: Final = frozenset("(),")


class Span(NamedTuple):
    """A part of a text that was added; a whole statement's line end goes with it.

    Attributes:
        start: Where it starts.
        end: Where it ends.
        statement: Whether it is a statement.
    """

    start: Position
    end: Position
    statement: bool


def first_difference(
    before: Iterable[tokenize.TokenInfo],
    after: Sequence[tokenize.TokenInfo],
    spans: Sequence[Span],
) -> int | None:
    """The 0-based line of the first token that was not there before, or of the last token.

    Args:
        before: The tokens without the hints.
        after: Those with them.
        spans: The parts that were added, in no order.

    Returns:
        None if all tokens that say something are the same.
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
    """The tokens that say something, those in spans left out unless they are comments.

    Brackets, commas and line ends within brackets are the formatter's: that the trees are the
    same shows that they mean nothing. The line end of a whole statement goes with it.
    """
    ordered = sorted(spans)
    index, skipped = 0, -1
    for token in tokens:
        place = token.start[0] - 1, token.start[1]  # a Position takes as long as all the rest
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
