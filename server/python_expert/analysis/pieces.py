"""A text in pieces that are tokenized separately.

A small edit re-tokenizes only one piece.
"""

from __future__ import annotations

import io
import tokenize
from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.error_recovery import BrokenError

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Sequence


class _Start(NamedTuple):
    line: int
    statement: int


class Pieces:
    """A text, divided where its top-level statements start.

    No bracket, string or block is open at these places. A piece therefore has the same tokens and
    the same tree on its own as in the text.

    Args:
        lines: The lines, each with its line end.
        tree: The syntax tree of the text.
    """

    def __init__(self, lines: Sequence[str], tree: ast.Module) -> None:
        self._lines = lines
        starts = [_Start(0, 0)]
        for number, statement in enumerate(tree.body):
            line = _first_line(lines, statement)
            if line is not None and line > starts[-1].line:
                starts.append(_Start(line, number))
        self._starts = [*starts, _Start(len(lines), len(tree.body))]
        self._tokens: dict[int, tuple[tokenize.TokenInfo, ...]] = {}
        self._texts = ["".join(lines[one.line : two.line]) for one, two in pairwise(self._starts)]

    def __len__(self) -> int:
        return len(self._texts)

    def differing(self, other: Pieces) -> tuple[range, range]:
        """Return the indices of the pieces that differ between two texts.

        These are the pieces between the common start and the common end.

        Args:
            other: The other text.

        Returns:
            The indices in this text, and those in the other.
        """
        shorter = min(len(self), len(other))
        first = 0
        while first < shorter and self._texts[first] == other._texts[first]:
            first += 1
        behind = 0
        while behind < shorter - first and self._texts[-behind - 1] == other._texts[-behind - 1]:
            behind += 1
        return range(first, len(self) - behind), range(first, len(other) - behind)

    def statements(self, pieces: range) -> slice:
        """Return the top-level statements in successive pieces."""
        return slice(self._starts[pieces.start].statement, self._starts[pieces.stop].statement)

    def tokens(self, pieces: range) -> Iterator[tokenize.TokenInfo]:
        """Yield the tokens of successive pieces, as in `Source.tokens` but without the end marker.

        Raises:
            BrokenError: A piece cannot be split into tokens.
        """
        for number in pieces:
            yield from self._of(number)

    def tokens_from(self, start: tuple[int, int]) -> Iterator[tokenize.TokenInfo]:
        """Yield the tokens from a token's position to the end of the text.

        Raises:
            BrokenError: A piece cannot be split into tokens.
        """
        for number in self.from_line(start[0] - 1):
            tokens = self._of(number)  # a class is a single piece with up to thousands of tokens
            yield from tokens[bisect_left(tokens, start, key=lambda each: each.start) :]

    def from_line(self, line: int) -> range:
        """Return the indices of the pieces from the one that contains a 0-based line."""
        return range(bisect_right(self._starts, line, key=lambda each: each.line) - 1, len(self))

    def _of(self, number: int) -> tuple[tokenize.TokenInfo, ...]:
        if number not in self._tokens:
            self._tokens[number] = tuple(self._split(number))
        return self._tokens[number]

    def _split(self, number: int) -> Iterator[tokenize.TokenInfo]:
        first = self._starts[number].line
        for token in split(self._lines[first : self._starts[number + 1].line]):
            if token.type != tokenize.ENDMARKER:
                (start, column), (end, until) = token.start, token.end
                at = (start + first, column), (end + first, until)
                yield tokenize.TokenInfo(token.type, token.string, *at, token.line)


def split(lines: Sequence[str]) -> tuple[tokenize.TokenInfo, ...]:
    """Return the tokens of lines.

    Args:
        lines: The lines, each with its line end of any kind; the last one may have none.

    Raises:
        BrokenError: The lines cannot be split into tokens.
    """
    unified = "".join(
        each.rstrip("\r\n") + ("\n" if each.endswith(("\r", "\n")) else "") for each in lines
    )
    try:
        return tuple(tokenize.generate_tokens(io.StringIO(unified, newline="\n").readline))
    except tokenize.TokenError as error:
        raise BrokenError(str(error), 0) from error


def _first_line(lines: Sequence[str], statement: ast.stmt) -> int | None:
    """Return the 0-based line that starts with a statement.

    None means that other code precedes the statement on its line.
    """
    decorators = getattr(statement, "decorator_list", ())
    line = min([statement.lineno, *(each.lineno for each in decorators)]) - 1
    starts = lines[line].startswith("@") if decorators else statement.col_offset == 0
    continued = line > 0 and lines[line - 1].rstrip("\r\n").endswith("\\")
    return line if starts and not continued else None
