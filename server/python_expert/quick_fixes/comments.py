"""The comments of a text, and the lines to which one can be added."""

from __future__ import annotations

import token as tokens
import tokenize
from typing import TYPE_CHECKING, NamedTuple

from python_expert.text.document import Edit, Position, Range, line_length

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_NO_CODE = {
    tokens.NEWLINE,
    tokens.INDENT,
    tokens.DEDENT,
    tokens.ENDMARKER,
    tokenize.COMMENT,
    tokenize.NL,
}
_BLANK = " \t\f"
_BYTE_ORDER_MARK = "\ufeff"


class Comments(NamedTuple):
    """The positions of the comments of a text.

    Attributes:
        lines: The text's LSP lines.
        columns: The lines with a comment, and the column where each comment starts.
        open: The lines with code and no comment to which a comment can be added: their end is not
            in a string and not a backslash.
    """

    lines: Sequence[str]
    columns: Mapping[int, int]
    open: frozenset[int]

    @classmethod
    def of(cls, lines: Sequence[str]) -> Comments | None:
        """Find the comments; None if the text cannot be tokenized."""
        try:
            return _read(lines)
        except (tokenize.TokenError, SyntaxError, ValueError):
            return None

    def on(self, line: int) -> str:
        """Return the comment on a line, or ""."""
        if line not in self.columns:
            return ""
        return self.lines[line][self.columns[line] :].rstrip("\r\n")

    def follows_code(self, line: int) -> bool:
        """Return whether a line has a comment after code."""
        return line in self.columns and bool(self.lines[line][: self.columns[line]].strip(_BLANK))

    def insert(self, line: int, offset: int, text: str) -> Edit:
        """Insert text into the comment on a line, ``offset`` characters after its start."""
        return self.replace(line, offset, offset, text)

    def replace(self, line: int, start: int, end: int, text: str) -> Edit:
        """Replace a part of the comment on a line."""
        column = self.columns[line]
        return Edit(Range(Position(line, column + start), Position(line, column + end)), text)

    def append(self, line: int, comment: str) -> Edit:
        """Add a comment at the end of a line, and remove the spaces there."""
        text = self.lines[line]
        code = len(text.rstrip("\r\n").rstrip(_BLANK))
        where = Range(Position(line, code), Position(line, line_length(text)))
        return Edit(where, f"  {comment}")

    def remove(self, line: int) -> Edit:
        """Remove the comment on a line and the spaces before it."""
        text = self.lines[line]
        code = len(text[: self.columns[line]].rstrip(_BLANK))
        return Edit(Range(Position(line, code), Position(line, line_length(text))), "")


def _read(lines: Sequence[str]) -> Comments:
    # Python would also split lines at form feeds, and treats a byte order mark as a character.
    mark = lines[0].startswith(_BYTE_ORDER_MARK)
    plain = [line.rstrip("\r\n") + "\n" for line in lines]
    plain[0] = plain[0].removeprefix(_BYTE_ORDER_MARK)
    columns: dict[int, int] = {}
    code: set[int] = set()
    inside: set[int] = set()
    for kind, first, last, column in _tokens(plain):
        if kind == tokenize.COMMENT:
            columns[first] = column + (mark and first == 0)
        elif kind not in _NO_CODE:
            code.update(range(first, last + 1))
            inside.update(range(first, last))
    if any(lines[line][column : column + 1] != "#" for line, column in columns.items()):
        raise ValueError("a comment is not where it was said to be")
    free = {
        line
        for line in code - inside - columns.keys()
        if not plain[line].rstrip("\n").endswith("\\")
    }
    return Comments(lines, columns, frozenset(free))


def _tokens(lines: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the tokens of a text: their kinds, first and last lines, and start columns.

    An f-string is one token, as before Python 3.12.
    """
    begun: list[int] = []
    for kind, _, (first, column), (last, _), _ in tokenize.generate_tokens(iter(lines).__next__):
        name = tokens.tok_name[kind]
        if name.endswith("STRING_START"):
            begun.append(first)
        elif name.endswith("STRING_END") and begun:
            first = begun.pop()  # noqa: PLW2901 - the token is the whole string
        yield kind, first - 1, last - 1, column
