"""Compares the tokens of two texts, with comments, except what a conversion wrote."""

from __future__ import annotations

import tokenize
from typing import TYPE_CHECKING, NamedTuple

from python_expert.actions.convert_to_async.replacements import PRAGMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from python_expert.actions.convert_to_async.proof.ast_match import Pairs, Span
    from python_expert.analysis.source import Source

_LAYOUT = frozenset(
    {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)
_FREE = frozenset({"(", ")", ",", "async", "await"})
"""Tokens that the comparison of trees covers, or that a conversion adds."""


class ComparedToken(NamedTuple):
    """A token for the comparison.

    Attributes:
        text: The token; a comment on a line of its own is preceded by a line feed.
        line: The token's 0-based line.
    """

    text: str
    line: int


def compare(pairs: Pairs) -> ComparedToken | None:
    """Return the first different token, preferably of the new text, or None."""
    old = list(_words(pairs.before, pairs.skipped, pairs.imports_gone))
    new = list(_words(pairs.after, pairs.written, frozenset()))
    for one, other in zip(old, new, strict=False):
        if one.text != other.text:
            return other
    if len(old) > len(new):
        return ComparedToken(old[len(new)].text, new[-1].line if new else 0)
    return new[len(old)] if len(new) > len(old) else None


def _words(
    source: Source, spans: Sequence[Span], gone: AbstractSet[int]
) -> Iterator[ComparedToken]:
    places = list(_places(spans))
    touched = {line for start, end in places for line in range(start[0], end[0] + 1)}
    for token in source.tokens:
        line, column = token.start[0] - 1, token.start[1]
        if token.type == tokenize.COMMENT:
            if line in gone and PRAGMA.match(token.string):
                continue
            alone = not token.line[:column].strip()
            yield ComparedToken("\n" * alone + token.string.rstrip(), line)
        elif (
            token.type not in _LAYOUT
            and token.string not in _FREE
            and not (
                line in touched and any(start <= (line, column) < end for start, end in places)
            )
        ):
            yield ComparedToken(token.string, line)


def _places(spans: Iterable[Span]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    for start, end in spans:
        yield (start.line, start.column), (end.line, end.column)
