"""What the tools find in a candidate that they did not find before."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from python_expert.edits import carry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from python_expert.findings import Finding, Report, ToolName
    from python_expert.snapshot import Edit, Range

NEVER_NEW = frozenset({"no-untyped-def"})
"""Codes whose message a hint changes without there being a new problem."""

_PLACE = re.compile(r"\b(on line|at line|line) \d+")


class Found(NamedTuple):
    """A finding and the document it is in."""

    uri: str
    finding: Finding


class _Key(NamedTuple):
    uri: str
    tool: ToolName
    code: str
    message: str


def new_findings(
    before: Iterable[Report],
    after: Iterable[Report],
    uri: str,
    edits: Sequence[Edit],
    ignored: frozenset[str] = NEVER_NEW,
) -> list[Found]:
    """The findings of the later reports that the earlier ones do not have.

    Two findings are the same if tool, code, message and place agree; the place is the line of
    the earlier one, carried over the edits. One whose place the edits replaced may be anywhere.

    Args:
        before: Reports on the documents as they were.
        after: Reports on them with the edits made.
        uri: The document that was edited.
        edits: What led from one text to the other, each applied to the result of the one before.
        ignored: Codes that never count as new.
    """
    placed: Counter[tuple[_Key, int]] = Counter()
    anywhere: Counter[_Key] = Counter()
    for found in _all(before):
        where: Range | None = found.finding.range
        if found.uri == uri and where is not None:
            where = carry(where, edits)
        if where is None:
            anywhere[_key(found)] += 1
        else:
            placed[_key(found), where.start.line] += 1
    news = []
    for found in _all(after):
        key = _key(found)
        spot = key, found.finding.range.start.line
        if placed[spot]:
            placed[spot] -= 1
        elif anywhere[key]:
            anywhere[key] -= 1
        elif found.finding.code not in ignored:
            news.append(found)
    return news


def _all(reports: Iterable[Report]) -> Iterable[Found]:
    return (Found(report.uri, finding) for report in reports for finding in report.findings)


def _key(found: Found) -> _Key:
    """What makes two findings the same, but for the place; messages may name lines."""
    finding = found.finding
    message = _PLACE.sub(r"\1 N", finding.message)
    return _Key(found.uri, finding.tool, finding.code, message)
