"""Findings about code that is not covered, as hints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.diagnostics.finding import Finding, Note, Severity
from python_expert.text.document import Position, Range, line_length
from python_expert.tools.pytest.coverage_report import NEVER
from python_expert.tools.pytest.spec import (
    LOW_COVERAGE,
    PAGES,
    PYTEST,
    UNCOVERED_BRANCH,
    UNCOVERED_LINES,
)
from python_expert.tools.tests import STALE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from python_expert.text.document import Document
    from python_expert.tools.coverage import CoverageTotal
    from python_expert.tools.pytest.coverage_report import FileCoverage

LONGEST = 40
"""The number of characters of a line that a message quotes."""


def uncovered(document: Document, coverage: FileCoverage, *, stale: bool) -> Iterator[Finding]:
    """Yield the lines and branches of a document that no test runs.

    Args:
        document: The document, with the text to which the coverage applies.
        coverage: Its coverage.
        stale: Whether an edit since then may have changed it.
    """
    more = f" ({STALE})" if stale else ""
    last = len(document.lines) - 1
    for first, end in blocks_of(coverage):
        if first <= last:
            where = _lines(document, first, min(end, last))
            what = "this line" if first == end else "these lines"
            message = f"no test runs {what}{more}"
            page = PAGES[UNCOVERED_LINES]
            yield Finding(PYTEST, where, UNCOVERED_LINES, message, Severity.HINT, page)
    missing = set(coverage.missing)
    for start, target in coverage.jumps:
        if not missing.isdisjoint((start, target)) or max(start, target) > last:
            continue
        notes: tuple[Note, ...] = ()
        if target == NEVER:
            message = "no test leaves the function from here"
        else:
            text = document.lines[target].strip()
            shown = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
            message = f"no test goes from here to `{shown}`"
            notes = (Note(document.uri, _lines(document, target, target), "this comes next then"),)
        yield Finding(
            PYTEST,
            _lines(document, start, start),
            UNCOVERED_BRANCH,
            f"{message}{more}",
            Severity.HINT,
            PAGES[UNCOVERED_BRANCH],
            notes=notes,
        )


def shortfall(total: CoverageTotal) -> tuple[Path, Finding] | None:
    """Return a finding about too little coverage, in the file with the required percentage."""
    if not total.shortfall or total.place is None:
        return None
    path, line = total.place
    where = Range(Position(line, 0), Position(line, 0))
    page = PAGES[LOW_COVERAGE]
    return path, Finding(PYTEST, where, LOW_COVERAGE, total.shortfall, Severity.ERROR, page)


def blocks_of(coverage: FileCoverage) -> Iterator[tuple[int, int]]:
    """Return the first and last line of each block of statements that no test runs."""
    missing = set(coverage.missing)
    block: list[int] = []
    for line in sorted({*coverage.missing, *coverage.executed}):
        if line in missing:
            block.append(line)
        elif block:
            yield block[0], block[-1]
            block = []
    if block:
        yield block[0], block[-1]


def _lines(document: Document, first: int, last: int) -> Range:
    """Return the range of some lines without the indentation of the first."""
    shown = document.lines[first]
    indent = len(shown) - len(shown.lstrip())
    start = Position(first, min(indent, line_length(shown)))
    return Range(start, Position(last, line_length(document.lines[last])))
