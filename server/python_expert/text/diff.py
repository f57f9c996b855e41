"""Unified diffs; difflib is slow or imprecise if lines are often repeated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from python_expert.text.differences import DiffBlock, blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CONTEXT = 3
"""The number of unchanged lines around each difference."""


def unified_diff(name: str, new_name: str, before: str, after: str) -> Iterator[str]:
    """Yield the lines of a unified diff of two texts."""
    old, new = (re.findall(r"[^\n]*\n|[^\n]+", text) for text in (before, after))
    yield f"--- {name}\n"
    yield f"+++ {new_name}\n"
    group: list[DiffBlock] = []
    for part in blocks(old, new):
        if group and part.old[0] - group[-1].old[1] > 2 * CONTEXT:
            yield from _hunk(group, old, new)
            group = []
        group.append(part)
    if group:
        yield from _hunk(group, old, new)


def _hunk(group: Sequence[DiffBlock], old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """Yield the lines of some nearby differences, with the lines around them."""
    first, last = group[0], group[-1]
    above = min(CONTEXT, first.old[0])
    below = min(CONTEXT, len(old) - last.old[1])
    spans = [
        (first.old[0] - above, last.old[1] + below),
        (first.new[0] - above, last.new[1] + below),
    ]
    sizes = [f"{start + (end > start)},{end - start}" for start, end in spans]
    yield f"@@ -{sizes[0]} +{sizes[1]} @@\n"
    at = spans[0][0]
    for part in group:
        yield from (f" {line}" for line in old[at : part.old[0]])
        yield from (f"-{line}" for line in old[slice(*part.old)])
        yield from (f"+{line}" for line in new[slice(*part.new)])
        at = part.old[1]
    yield from (f" {line}" for line in old[at : spans[0][1]])
