"""The smallest edits between two texts."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from python_expert.snapshot import Edit, Position, Range, smallest_edit, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator


def differences(before: str, after: str) -> Iterator[Edit]:
    """The edits between two texts, one for each place that differs.

    Yields:
        Disjoint edits in the coordinates of the text before, ascending.
    """
    old, new = split_lines(before), split_lines(after)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        # Only a text's last line has no line end; any other part gets an empty one as its last.
        tail = [] if end == len(old) else [""]
        edit = smallest_edit([*old[start:end], *tail], [*new[new_start:new_end], *tail])
        yield Edit(Range(_down(edit.range.start, start), _down(edit.range.end, start)), edit.text)


def _down(position: Position, lines: int) -> Position:
    return Position(position.line + lines, position.column)
