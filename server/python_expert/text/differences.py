"""The smallest edits between two texts."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NamedTuple

from python_expert.text.document import Edit, Position, Range, smallest_edit, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST_REFINED = 400
"""The number of lines of a difference up to which it is compared line by line."""


class DiffBlock(NamedTuple):
    """Ranges of differing lines in two texts: start and end numbers, the end exclusive."""

    old: tuple[int, int]
    new: tuple[int, int]


def blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[DiffBlock]:
    """Yield the differing ranges of two lists of lines, in order.

    difflib takes quadratic time if lines are often repeated, unless it may ignore those. So it is
    allowed to, and the differences that it finds are compared once more.
    """
    most = min(len(old), len(new))
    head = next((n for n in range(most) if old[n] != new[n]), most)
    tail = next((n for n in range(most - head) if old[-1 - n] != new[-1 - n]), most - head)
    whole = DiffBlock((head, len(old) - tail), (head, len(new) - tail))
    for rough in _compared(old, new, whole, autojunk=True):
        if max(rough.old[1] - rough.old[0], rough.new[1] - rough.new[0]) > LONGEST_REFINED:
            yield rough
        else:
            yield from _compared(old, new, rough, autojunk=False)


def _compared(
    old: Sequence[str], new: Sequence[str], part: DiffBlock, *, autojunk: bool
) -> Iterator[DiffBlock]:
    matcher = difflib.SequenceMatcher(
        None, old[slice(*part.old)], new[slice(*part.new)], autojunk=autojunk
    )
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield DiffBlock(
                (part.old[0] + start, part.old[0] + end),
                (part.new[0] + new_start, part.new[0] + new_end),
            )


def differences(before: str, after: str) -> Iterator[Edit]:
    """Yield the edits between two texts, one for each place that differs.

    Yields:
        Disjoint edits in the coordinates of the text before, ascending.
    """
    old, new = split_lines(before), split_lines(after)
    for part in blocks(old, new):
        # Only a text's last line has no line end; for other ranges an empty last line is added.
        last = [] if part.old[1] == len(old) else [""]
        edit = smallest_edit([*old[slice(*part.old)], *last], [*new[slice(*part.new)], *last])
        down = part.old[0]
        yield Edit(Range(_down(edit.range.start, down), _down(edit.range.end, down)), edit.text)


def _down(position: Position, lines: int) -> Position:
    return Position(position.line + lines, position.column)
