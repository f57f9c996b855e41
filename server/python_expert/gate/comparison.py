"""Comparison of a candidate's findings with the findings before the edit."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from python_expert.text.document import split_lines
from python_expert.text.rebase import rebase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from python_expert.diagnostics.finding import Finding, Report, ToolName
    from python_expert.text.document import Edit, Range

_PLACE = re.compile(r"\b(on line|at line|line) \d+")
_THREAD = re.compile(r'Argument \d+ to "to_thread" ')
"""The beginning of mypy's message about a call by ``to_thread``."""


class Found(NamedTuple):
    """A finding and the document it is in."""

    uri: str
    finding: Finding


def sentence(tool: str, code: str, message: str, where: str = "") -> str:
    """Return the message about a finding that an edit would add."""
    return f"{tool} would find{where}: {message} [{code}]"


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
) -> list[Found]:
    """Return the findings of the later reports that are not in the earlier ones.

    Two findings are the same if tool, code, message and line agree; the line of the earlier one is
    rebased over the edits. A finding whose range an edit touches may have any line: the finding on
    an unsorted block of imports moves to an import that is added at its top.

    mypy words an error of a call differently if ``to_thread`` makes the call. Such a finding
    replaces a finding that has disappeared from the same line, if the edit has written
    ``to_thread`` there.

    Args:
        before: Reports on the documents before the edits.
        after: Reports on the documents after the edits.
        uri: The document that was edited.
        edits: Disjoint edits from the old text to the new one, in descending order and in the
            coordinates of the old text.
    """
    before, after = tuple(before), tuple(after)
    same = {*map(id, before)} & {id(report) for report in after if report.uri != uri}
    before, after = ([each for each in some if id(each) not in same] for some in (before, after))
    rebaser = _Rebaser(edits)
    placed: Counter[tuple[_Key, int]] = Counter()
    anywhere: dict[_Key, list[int]] = {}
    for found in _all(before):
        where = found.finding.range
        line = rebaser.line_of(where) if found.uri == uri else where.start.line
        if line is None:
            anywhere.setdefault(_key(found), []).append(rebaser.near(where))
        else:
            placed[_key(found), line] += 1
    added = []
    for found in _all(after):
        key, spot = _key(found), found.finding.range.start.line
        if placed[key, spot]:
            placed[key, spot] -= 1
        elif lines := anywhere.get(key):
            _, nearest = min((abs(each - spot), each) for each in lines)
            lines.remove(nearest)
        else:
            added.append(found)
    gone = Counter(
        line for key, all_ in anywhere.items() if _is_from_mypy(key, uri) for line in all_
    )
    for (key, line), count in placed.items():
        gone[line] += count if _is_from_mypy(key, uri) else 0
    return [each for each in added if not _replaces(each, uri, gone, rebaser)]


def _is_from_mypy(key: _Key, uri: str) -> bool:
    """Return whether a finding in the document is mypy's and not about a ``to_thread`` call."""
    return key.uri == uri and key.tool == "mypy" and not _THREAD.match(key.message)


def _replaces(found: Found, uri: str, gone: Counter[int], rebaser: _Rebaser) -> bool:
    """Return whether a finding about a call by ``to_thread`` replaces one that has disappeared."""
    line = found.finding.range.start.line
    if (
        found.uri != uri
        or found.finding.tool != "mypy"
        or not _THREAD.match(found.finding.message)
        or not rebaser.writes("to_thread", line)
        or not gone[line]
    ):
        return False
    gone[line] -= 1
    return True


class _Rebaser:
    """Rebases positions over many edits, considering only those on the same lines.

    Args:
        edits: Disjoint edits in descending order.
    """

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._edits = edits[::-1]
        self._starts = [edit.range.start.line for edit in self._edits]
        self._ends = [edit.range.end.line for edit in self._edits]
        added = (
            len(split_lines(edit.text)) - 1 - (edit.range.end.line - edit.range.start.line)
            for edit in self._edits
        )
        self._added = [0, *accumulate(added)]

    def line_of(self, where: Range) -> int | None:
        """Return the line where a range begins in the new text; None if an edit touches it."""
        first = bisect_left(self._ends, where.start.line)
        last = bisect_right(self._starts, where.end.line)
        edits = self._edits[first:last]
        if any(_touches(edit.range, where) for edit in edits):
            return None
        near = rebase(where, edits[::-1])
        return None if near is None else near.start.line + self._added[first]

    def near(self, where: Range) -> int:
        """Return the approximate line in the new text of a range that edits touch."""
        return where.start.line + self._added[bisect_left(self._ends, where.start.line)]

    def writes(self, word: str, line: int) -> bool:
        """Return whether an edit has written a word into a line of the new text, or near it."""
        for edit, added in zip(self._edits, self._added, strict=False):
            start = edit.range.start.line + added
            if start <= line <= start + len(split_lines(edit.text)) - 1 and word in edit.text:
                return True
        return False


def _touches(edit: Range, where: Range) -> bool:
    return edit.start <= where.end and where.start <= edit.end


def _all(reports: Iterable[Report]) -> Iterable[Found]:
    return (Found(report.uri, finding) for report in reports for finding in report.findings)


def _key(found: Found) -> _Key:
    """Return the key that equal findings share.

    The key ignores the place and removes line numbers from the message.
    """
    finding = found.finding
    message = _PLACE.sub(r"\1 N", finding.message)
    return _Key(found.uri, finding.tool, finding.code, message)
