"""Moves positions and ranges according to later edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.text.document import Edit, Position, Range, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable


def rebase(where: Range, edits: Iterable[Edit]) -> Range | None:
    """Move a range through edits that were made after it was computed.

    An edit before the range moves it, an edit after it does not, and an edit strictly inside it
    stretches or shrinks it. If an edit crosses one of the range's ends, or replaces all of it, the
    range no longer has a clear meaning.

    Returns:
        The range in the text after the edits, or None if it no longer has a meaning.
    """
    for edit in edits:
        (start, end), ((edit_start, edit_end), _) = where, edit
        if edit_start > end or (edit_start == end and start != end):
            continue
        if edit_end <= start:
            where = Range(_shift(start, edit), _shift(end, edit))
        elif start < edit_start and edit_end < end:
            where = Range(start, _shift(end, edit))
        else:
            return None
    return where


def _shift(position: Position, edit: Edit) -> Position:
    """Return the new position of a position at or after an edit's end."""
    (start, end), text = edit
    if position.line != end.line and "\n" not in text and "\r" not in text:
        return Position(position.line + start.line - end.line, position.column)
    *inner, last = split_lines(text)
    line = start.line + len(inner) + position.line - end.line
    if position.line != end.line:
        return Position(line, position.column)
    column = position.column - end.column + len(last)
    return Position(line, column if inner else column + start.column)
