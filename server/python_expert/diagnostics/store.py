"""The latest findings of each tool for each open document, moved with the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from python_expert.diagnostics.deduplication import ALONE, merge
from python_expert.diagnostics.finding import Finding, Report, Severity
from python_expert.isolation import FaultBarrier, ToolBarriers
from python_expert.text.document import Position, Range
from python_expert.text.rebase import rebase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from python_expert.diagnostics.deduplication import MergeRules
    from python_expert.diagnostics.finding import ToolName
    from python_expert.text.document import Document, Edit

MOST = 1000
"""The maximum number of findings of one tool that are kept for a document: each one is moved,
converted, sent and drawn again at every keystroke."""

_PLACES = ToolBarriers("moving {}'s findings")
_DEDUPLICATION = FaultBarrier("deduplicating findings")

_TOP = Range(Position(0, 0), Position(0, 0))


class DiagnosticStore:
    """The findings of open documents, or of checked files; the only place where they are stored.

    Other modules only keep findings that they received or sent, for reasons given there.

    Args:
        rules: How each tool's findings are merged with the others'.
        most: The number of findings of one tool that are kept for a document, the most severe and
            first ones; an additional finding gives the number of the others.
    """

    def __init__(self, rules: Mapping[str, MergeRules], most: int = MOST) -> None:
        self._rules = rules
        self._most = most
        self._reports: dict[str, dict[ToolName, _Entry]] = {}

    def put(self, report: Report, *, whole: bool = False) -> None:
        """Store a report, unless there is a later one of the same tool.

        Args:
            report: The report.
            whole: Whether all its findings are kept, because most of them will not be shown.
        """
        entries = self._reports.setdefault(report.uri, {})
        if report.tool not in entries:
            entries[report.tool] = _Entry(self._rules.get(report.tool, ALONE).kept_on_syntax_error)
        entry = entries[report.tool]
        if report.version >= entry.version:
            findings = report.findings if whole else shortened(report.findings, self._most)
            entry.put(report._replace(findings=tuple(findings)))

    def findings(self, document: Document) -> list[Finding]:
        """Return a document's findings without duplicates, moved to their place in this version."""
        entries = self._reports.get(document.uri, {})
        found = {
            tool: _PLACES[tool].call((), entry.findings_in, document)
            for tool, entry in entries.items()
        }
        silenced = [
            finding
            for tool, entry in entries.items()
            for finding in _PLACES[tool].call((), entry.silenced_in, document)
        ]
        everything = [finding for findings in found.values() for finding in findings]
        return _DEDUPLICATION.call(everything, merge, found, silenced, document, self._rules)

    def forget(self, uri: str) -> None:
        """Remove a closed document."""
        self._reports.pop(uri, None)


def shortened(findings: Sequence[Finding], most: int) -> Sequence[Finding]:
    """Return a tool's most severe and first findings, and one with the number of the others."""
    more = len(findings) - most
    if more <= 0:
        return findings
    worst = sorted(findings, key=lambda each: (each.severity, each.range))
    tool = worst[0].tool
    message = (
        f"{tool.title} has {more:,} more findings in this file; "
        "fix some to see the rest, or run `python-expert check` to see all"
    )
    return (*worst[:most], Finding(tool, _TOP, "", message, Severity.INFORMATION))


class _Entry:
    """One tool's findings in one document.

    While the text has a syntax error, a tool reports only that. The findings of the last text that
    could be parsed are then kept, so that they do not disappear and return with every keystroke.

    Args:
        kept_on_syntax_error: A pattern of the codes of findings that are kept.
    """

    def __init__(self, kept_on_syntax_error: str) -> None:
        self._kept_on_syntax_error = re.compile(kept_on_syntax_error)
        self.version = -1
        self._good: Report | None = None
        self._broken: Report | None = None

    def put(self, report: Report) -> None:
        self.version = report.version
        if report.parsed:
            self._good, self._broken = report, None
        else:
            self._broken = report

    def findings_in(self, document: Document) -> tuple[Finding, ...]:
        """Return the findings, moved to a later version."""
        self._rebase_to(document)
        good = self._good.findings if self._good else ()
        if self._broken is None:
            return good
        return self._broken.findings + tuple(
            finding for finding in good if self._kept_on_syntax_error.match(finding.code)
        )

    def silenced_in(self, document: Document) -> tuple[Finding, ...]:
        """Return the suppressed findings, moved to a later version."""
        self._rebase_to(document)
        return self._good.silenced if self._good else ()

    def _rebase_to(self, document: Document) -> None:
        self._good = _rebased(self._good, document)
        self._broken = _rebased(self._broken, document)


def _rebased(report: Report | None, document: Document) -> Report | None:
    if report is None or report.version == document.version:
        return report
    edits = document.edits_since(report.version)
    if edits is None:
        return None
    return report._replace(
        version=document.version,
        findings=_rebase_all(report.findings, edits, document.uri),
        silenced=_rebase_all(report.silenced, edits, document.uri),
    )


def _rebase_all(
    findings: Iterable[Finding], edits: tuple[Edit, ...], uri: str
) -> tuple[Finding, ...]:
    result = []
    for finding in findings:
        where = rebase(finding.range, edits)
        if where is None:
            continue
        notes = tuple(
            note._replace(range=rebase(note.range, edits) or where) if note.uri == uri else note
            for note in finding.notes
        )
        result.append(finding._replace(range=where, notes=notes))
    return tuple(result)
