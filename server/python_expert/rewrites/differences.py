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
    most = min(len(old), len(new))
    head = next((n for n in range(most) if old[n] != new[n]), most)
    tail = next((n for n in range(most - head) if old[-1 - n] != new[-1 - n]), most - head)
    # Comparing what is the same at both ends would take most of the time.
    matcher = difflib.SequenceMatcher(
        None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False
    )
    for tag, *places in matcher.get_opcodes():
        if tag == "equal":
            continue
        start, end, new_start, new_end = (place + head for place in places)
        # Only a text's last line has no line end; any other part gets an empty one as its last.
        last = [] if end == len(old) else [""]
        edit = smallest_edit([*old[start:end], *last], [*new[new_start:new_end], *last])
        yield Edit(Range(_down(edit.range.start, start), _down(edit.range.end, start)), edit.text)


def _down(position: Position, lines: int) -> Position:
    return Position(position.line + lines, position.column)
