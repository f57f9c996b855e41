"""Converts the answers of bandit's worker to findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from python_expert.diagnostics.finding import Finding, Report, Severity
from python_expert.text.columns import Encoding, units_to_column
from python_expert.text.document import Position, Range
from python_expert.tools.answers import text
from python_expert.tools.bandit.spec import BANDIT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from python_expert.text.document import Document

_SEVERITIES = {"HIGH": Severity.ERROR, "MEDIUM": Severity.WARNING}


def read_report(document: Document, answer: Mapping[str, Any], unwanted: Collection[str]) -> Report:
    """Convert the worker's answer about a document to a report.

    Args:
        document: The document.
        answer: The worker's answer.
        unwanted: The tests whose findings the project disables.
    """
    findings, silenced = (
        tuple(_finding(document, item) for item in answer[key] if item["code"] not in unwanted)
        for key in ("findings", "silenced")
    )
    return Report(
        BANDIT,
        document.uri,
        document.version,
        findings,
        parsed=answer["parsed"],
        silenced=silenced,
    )


def _finding(document: Document, item: Mapping[str, Any]) -> Finding:
    start = _position(document, item["line"], item["column"])
    end = _position(document, item["end_line"], item["end_column"])
    return Finding(
        BANDIT,
        Range(start, max(start, end)),
        text(item["code"]),
        text(item["message"]),
        _SEVERITIES.get(item["severity"], Severity.INFORMATION),
        text(item["url"]),
    )


def _position(document: Document, line: int, column: int) -> Position:
    line = max(0, min(line, len(document.lines) - 1))
    return Position(line, units_to_column(document.lines[line], column, Encoding.UTF8))
