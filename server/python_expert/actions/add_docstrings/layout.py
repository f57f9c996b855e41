"""Finds the place of a docstring in a text, and formats its lines as a literal."""

from __future__ import annotations

import ast
import tokenize
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.characters import indentation
from python_expert.analysis.signatures import decorators, is_empty_body
from python_expert.text.document import Edit, Position, Range, line_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.analysis.source import Definition, Source

_TAB_SIZE = 4


class DocstringPlace(NamedTuple):
    """The place of a new docstring.

    Attributes:
        range: The replaced range: empty, or the blanks before a body on the header's line.
        before: The text to insert before the docstring's first quote.
        after: The text to insert after the docstring's last quote.
        indent: The indentation of the docstring's lines.
        newline: The line end.
    """

    range: Range
    before: str
    after: str
    indent: str
    newline: str

    @property
    def width(self) -> int:
        """The width of the indentation in columns."""
        return len(self.indent.expandtabs(_TAB_SIZE))


class NoPlaceError(Exception):
    """There is no place for a docstring; the message gives the reason."""


def place_for(source: Source, definition: Definition) -> DocstringPlace:
    """Find the place of a new docstring in a definition.

    Raises:
        NoPlaceError: There is no such place.
    """
    node = definition.node
    first = _first(source, node.body[0])
    between = {tokenize.INDENT, tokenize.NL, tokenize.COMMENT}
    try:
        last = next(each for each in source.tokens_before(first) if each.type not in between)
    except (tokenize.TokenError, SyntaxError) as error:
        raise NoPlaceError("the text cannot be tokenized") from error
    if last.type == tokenize.NEWLINE:
        return _in_block(source, node, last.start[0], first)
    return _in_line(source, definition, last, first)


def _first(source: Source, statement: ast.stmt) -> Position:
    return source.range(statement).start


def _in_block(source: Source, node: ast.AST, line: int, first: Position) -> DocstringPlace:
    """Return the place at the start of the line below the header."""
    lines = source.lines
    while lines[line].lstrip(" \t\f").startswith("#") and "type:" in lines[line]:
        line += 1  # a type comment for the signature must follow the header
    body = lines[first.line][: first.column]
    indent = body.rpartition("\f")[2]
    if indent.strip(" \t"):
        raise NoPlaceError("its body begins in an unusual way; write the docstring by hand")
    newline = lines[line - 1][line_length(lines[line - 1]) :]
    after = newline
    if _wants_blank(node, lines[line]) and lines[line].strip():
        after = 2 * newline
    return DocstringPlace(
        Range(Position(line, 0), Position(line, 0)), indent, after, indent, newline
    )


def _wants_blank(node: ast.AST, below: str) -> bool:
    """Return whether a blank line follows the docstring, as formatters want it.

    Args:
        node: The definition.
        below: The text after the docstring.
    """
    if isinstance(node, ast.ClassDef):
        return True
    return below.lstrip().startswith(("def ", "class ", "async def ", "@"))


def _in_line(
    source: Source, definition: Definition, colon: tokenize.TokenInfo, first: Position
) -> DocstringPlace:
    """Return the place between a header and the body on its line.

    The body moves to its own line.
    """
    line = source.lines[first.line]
    end = definition.range.end
    start = Position(colon.end[0] - 1, colon.end[1])
    between = source.slice(Range(start, first))
    if colon.string != ":" or between.strip(" \t"):
        raise NoPlaceError("its body begins in an unusual way; write the docstring by hand")
    rest = source.lines[end.line][end.column :]
    comment, body = "", ""
    if rest.strip(" \t\r\n;"):
        if not is_empty_body(definition.node):
            raise NoPlaceError(
                "its body is on the line of its header and has a comment, which would move; "
                "put the body on its own lines first"
            )
        # A comment after an empty body can only refer to the header.
        comment, body = "  " + rest.strip(" \t\r\n;"), source.slice(Range(first, end))
        first = Position(end.line, line_length(source.lines[end.line]))
    header = source.lines[source.position(definition.node.lineno, 0).line]
    outer = header[: len(header) - len(header.lstrip(" \t\f"))].rpartition("\f")[2]
    indent = outer + indentation(source.tokens_from(Position(0, 0)))
    newline = line[line_length(line) :] or source.newline
    blank = newline if _wants_blank(definition.node, "") else ""
    return DocstringPlace(
        Range(start, first),
        comment + newline + indent,
        newline + blank + indent + body,
        indent,
        newline,
    )


def insertion(place: DocstringPlace, lines: Sequence[str]) -> Edit:
    """Return the edit that inserts a new docstring."""
    prefix = "r" if any("\\" in line for line in lines) else ""
    rest = [place.indent + line if line else "" for line in lines[1:]]
    closing = [place.indent] if rest else []
    text = place.newline.join([lines[0], *rest, *closing])
    return Edit(place.range, f'{place.before}{prefix}"""{text}"""{place.after}')


def is_setter(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a method sets or deletes a property.

    The docstring belongs to the getter.
    """
    return any(
        name.rpartition(".")[2] in {"setter", "deleter"} and "." in name
        for name in decorators(node)
    )
