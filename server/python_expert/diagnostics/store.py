"""The latest findings of each tool for each open document, kept in their place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from python_expert.diagnostics.deduplication import ALONE, merge
from python_expert.diagnostics.finding import Finding, Report, Severity
from python_expert.isolation import FaultBarrier, ToolBarriers
from python_expert.text.document import Position, Range
from python_expert.text.rebase import rebase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from python_expert.diagnostics.deduplication import MergeRules
    from python_expert.diagnostics.finding import ToolName
    from python_expert.text.document import Document, Edit

MOST = 1000
"""How many findings of one tool in one document are kept: each is moved, converted, sent and
drawn again at every key stroke."""

_PLACES = ToolBarriers("moving {}'s findings")
_TWINS = FaultBarrier("deduplicating findings")

_TOP = Range(Position(0, 0), Position(0, 0))


class DiagnosticStore:
    """The findings of open documents, or of files that are checked: the only store of them.

    What others keep is what they were told or have told, for the reasons given there.

    Args:
        rules: How each tool's findings are merged with the others'.
        most: How many of one tool in one document are kept, the worst and first; one more says
            how many there are besides.
    """

    def __init__(self, rules: Mapping[str, MergeRules], most: int = MOST) -> None:
        self._rules = rules
        self._most = most
        self._reports: dict[str, dict[ToolName, _Entry]] = {}

    def put(self, report: Report) -> None:
        """Take a report, unless a later one of the same tool is there already."""
        entries = self._reports.setdefault(report.uri, {})
        if report.tool not in entries:
            entries[report.tool] = _Entry(self._rules.get(report.tool, ALONE).lasting)
        entry = entries[report.tool]
        if report.version >= entry.version:
            entry.put(self._cut(report))

    def findings(self, document: Document) -> list[Finding]:
        """All findings of a document, in their place in this version, each problem once."""
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
        return _TWINS.call(everything, merge, found, silenced, document, self._rules)

    def forget(self, uri: str) -> None:
        """Forget a closed document."""
        self._reports.pop(uri, None)

    def _cut(self, report: Report) -> Report:
        more = len(report.findings) - self._most
        if more <= 0:
            return report
        worst = sorted(report.findings, key=lambda each: (each.severity, each.range))
        message = (
            f"{report.tool.title} has {more:,} more findings in this file; "
            "fix some to see the rest, or run `python-expert check` to see all"
        )
        last = Finding(report.tool, _TOP, "", message, Severity.INFORMATION)
        return report._replace(findings=(*worst[: self._most], last))


class _Entry:
    """One tool's findings in one document.

    While the text has a syntax error, a tool sees no more than that. The findings of the last
    text that could be read then stay, rather than vanish and return with every half-typed line.

    Args:
        lasting: A pattern of the codes of those that stay.
    """

    def __init__(self, lasting: str) -> None:
        self._lasting = re.compile(lasting)
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
        """The findings where they are in a later version."""
        self._carry_to(document)
        good = self._good.findings if self._good else ()
        if self._broken is None:
            return good
        return self._broken.findings + tuple(
            finding for finding in good if self._lasting.match(finding.code)
        )

    def silenced_in(self, document: Document) -> tuple[Finding, ...]:
        """The silenced findings where they are in a later version."""
        self._carry_to(document)
        return self._good.silenced if self._good else ()

    def _carry_to(self, document: Document) -> None:
        self._good = _carried(self._good, document)
        self._broken = _carried(self._broken, document)


def _carried(report: Report | None, document: Document) -> Report | None:
    if report is None or report.version == document.version:
        return report
    edits = document.edits_since(report.version)
    if edits is None:
        return None
    return report._replace(
        version=document.version,
        findings=_carry_all(report.findings, edits, document.uri),
        silenced=_carry_all(report.silenced, edits, document.uri),
    )


def _carry_all(
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
