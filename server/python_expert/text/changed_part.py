"""The difference of two texts, between their common start and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Place: TypeAlias = tuple[int, int]
"""A 0-based line, and a 0-based column in code points."""


def changed_part(old: Sequence[str], new: Sequence[str]) -> tuple[Place, Place, str]:
    """Return the replacement that converts a text to another one.

    Args:
        old: LSP lines of the text before.
        new: LSP lines of the text after.

    Returns:
        The start and the end of the replaced range in the old text, and the replacement.
    """
    most = min(len(old), len(new)) - 1
    head = 0
    while head < most and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < most - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    before = "".join(old[head : len(old) - tail])
    after = "".join(new[head : len(new) - tail])
    left = _common_length(before, after)
    right = _common_length(before[left:][::-1], after[left:][::-1])
    # There is no LSP position between the two characters of \r\n.
    if before[:left].endswith("\r"):
        left -= 1
    kept = len(before) - right, len(after) - right
    if right and "\r" in (before[kept[0] - 1 : kept[0]], after[kept[1] - 1 : kept[1]]):
        right -= before[kept[0]] == "\n"
    start, end = _advance(old, head, left), _advance(old, head, len(before) - right)
    return start, end, after[left : len(after) - right]


def _common_length(one: str, other: str) -> int:
    """Return the number of characters that two texts share at their start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def _advance(lines: Sequence[str], line: int, offset: int) -> Place:
    """Return the position ``offset`` code points after the start of a line."""
    while line + 1 < len(lines) and offset >= len(lines[line]):
        offset -= len(lines[line])
        line += 1
    return line, offset
