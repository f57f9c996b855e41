"""Ranges of offsets in a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Span = tuple[int, int]
"""A half-open range of offsets."""


def united(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in ascending order, with overlaps merged and empty spans removed."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def common(spans: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """Return the intersection of two lists of disjoint, ascending spans."""
    found: list[Span] = []
    one = other = 0
    while one < len(spans) and other < len(others):
        start = max(spans[one][0], others[other][0])
        end = min(spans[one][1], others[other][1])
        if start < end:
            found.append((start, end))
        if spans[one][1] < others[other][1]:
            one += 1
        else:
            other += 1
    return found


def without(spans: Sequence[Span], others: Sequence[Span], length: int) -> list[Span]:
    """Return the parts of disjoint, ascending spans that others do not cover.

    The length is the text's length.
    """
    edges = [0, *(offset for span in others for offset in span), length]
    return common(spans, list(zip(edges[::2], edges[1::2], strict=True)))
