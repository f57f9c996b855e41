"""Removes an added docstring from a text again."""

from __future__ import annotations

import ast
import re
import tokenize
from typing import TYPE_CHECKING

from python_expert.analysis.signatures import docstring_node, is_empty_body
from python_expert.text.document import Edit, Position, Range

if TYPE_CHECKING:
    from python_expert.analysis.source import Definition, Source

_SIGNATURE_COMMENT = re.compile(r"[ \t\f]*#[ \t]*type:")


def restored(after: Source, now: ast.Expr, written: str) -> Edit:
    """Return the edit that replaces a completed docstring by the old one."""
    return Edit(after.range(now), written)


def cut(before: Source, after: Source, earlier: Definition, later: Definition) -> Edit | None:
    """Build the edit that removes an added docstring.

    Args:
        before: The old text.
        after: The new text.
        earlier: The definition without the docstring.
        later: The definition with the docstring.

    Returns:
        The edit. None if the docstring shares its lines with other code, or separates a type
        comment from the comment's header. A docstring that replaces a placeholder body is replaced
        by that body.
    """
    now = docstring_node(later.node)
    assert now is not None  # noqa: S101  # nosec B101 - checked by the caller
    where = after.range(now)
    if not _is_alone(after, where):
        return None
    line = where.end.line + 1
    if line < len(after.lines) and _SIGNATURE_COMMENT.match(after.lines[line]):
        return None
    colon = _colon(before, earlier)
    if len(later.node.body) == 1 and is_placeholder(earlier.node.body):
        return _exchanged(before, after, earlier, later, colon)
    if colon is not None:
        return _cut_of_line(before, after, earlier, later, colon)
    blank = _blank_lines(after, line) - _blank_lines_of(before, earlier, after, where)
    if blank not in {0, 1, 2}:
        return None
    return Edit(Range(Position(where.start.line, 0), Position(line + blank, 0)), "")


def is_placeholder(body: list[ast.stmt]) -> bool:
    """Return whether a body is only ``pass`` or ``...``, for which Python generates no code."""
    match body:
        case [ast.Pass()]:
            return True
        case [ast.Expr(value=ast.Constant(value=value))]:
            return value is ...
        case _:
            return False


def _exchanged(
    before: Source, after: Source, earlier: Definition, later: Definition, colon: Position | None
) -> Edit | None:
    """Return the edit that replaces a docstring by the placeholder body that it replaced."""
    docstring, body = after.range(later.node.body[0]), before.range(earlier.node.body[0])
    if colon is None:
        return Edit(docstring, before.slice(body))
    token = _before_body(after, later)
    start = Position(token.start[0] - 1, token.start[1])
    if token.type != tokenize.NEWLINE or after.slice(Range(start, docstring.start)).strip():
        return None
    return Edit(Range(start, docstring.end), before.slice(Range(colon, body.end)))


def _is_alone(source: Source, where: Range) -> bool:
    before = source.lines[where.start.line][: where.start.column]
    after = source.lines[where.end.line][where.end.column :]
    return not before.strip(" \t") and not after.strip(" \t\r\n") and after.strip(" \t") != ""


def _blank_lines(source: Source, line: int) -> int:
    """Return the number of blank lines from a line on; the end of the text is not a line."""
    count = 0
    while line + count < len(source.lines) - 1 and not source.lines[line + count].strip(" \t\r\n"):
        count += 1
    return count


def _blank_lines_of(before: Source, earlier: Definition, after: Source, where: Range) -> int:
    """Return the number of blank lines that the body began with in the old text.

    The lines between the header and the docstring in the new text were there before, so the start
    of the old body is found by counting lines from the header.
    """
    header = _header_end(before, earlier)
    above = 0
    line = where.start.line - 1
    while line >= 0 and _is_blank_or_comment(after.lines[line]):
        above += 1
        line -= 1
    return _blank_lines(before, header + above)


def _is_blank_or_comment(line: str) -> bool:
    content = line.strip(" \t\f\r\n")
    return not content or content.startswith("#")


def _before_body(source: Source, definition: Definition) -> tokenize.TokenInfo:
    """Return the last token before a body that is not blank or a comment."""
    first = source.range(definition.node.body[0]).start
    between = {tokenize.INDENT, tokenize.NL, tokenize.COMMENT}
    return next(each for each in source.tokens_before(first) if each.type not in between)


def _header_end(source: Source, definition: Definition) -> int:
    """Return the 0-based number of the line below a header."""
    return _before_body(source, definition).start[0]


def _colon(source: Source, definition: Definition) -> Position | None:
    """Return the end of the header's colon if the body is on the same line, else None."""
    token = _before_body(source, definition)
    if token.type == tokenize.NEWLINE:
        return None
    return Position(token.end[0] - 1, token.end[1])


def _cut_of_line(
    before: Source, after: Source, earlier: Definition, later: Definition, colon: Position
) -> Edit | None:
    """Build the edit that moves a body back to its header's line.

    A comment after such a body may refer to the header (``noqa``, ``type: ignore``) or to the body.
    It must refer to the header if the body is empty; then the comment must stay at the header.
    """
    body = before.range(earlier.node.body[0]).start
    end = earlier.range.end
    rest = before.lines[end.line][end.column :].rstrip("\r\n")
    token = _before_body(after, later)
    if token.type != tokenize.NEWLINE or len(later.node.body) == 1:
        return None
    start = Position(token.start[0] - 1, token.start[1])
    docstring, first = (after.range(each) for each in later.node.body[:2])
    seams = after.slice(Range(start, docstring.start)) + after.slice(
        Range(docstring.end, first.start)
    )
    if seams.strip(" \t\r\n"):
        return None
    if not rest.strip(" \t;"):
        return Edit(Range(start, first.start), before.slice(Range(colon, body)))
    header = after.lines[start.line][: start.column]
    comment = rest.strip(" \t;")
    if not is_empty_body(earlier.node) or not header.endswith(comment):
        return None
    start = Position(start.line, len(header[: -len(comment)].rstrip(" \t")))
    written = before.slice(Range(colon, Position(end.line, end.column + len(rest))))
    return Edit(Range(start, after.range(later.node.body[1]).end), written)
