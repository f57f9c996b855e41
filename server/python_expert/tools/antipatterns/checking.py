"""Checks a text with our rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.analysis.error_recovery import BrokenError, parse
from python_expert.diagnostics.finding import Finding, Report
from python_expert.diagnostics.noqa import NoqaComments
from python_expert.isolation import FaultBarrier
from python_expert.text.columns import Encoding, units_to_column
from python_expert.text.document import Position, Range
from python_expert.tools.antipatterns.rules.registry import RULES
from python_expert.tools.antipatterns.spec import ANTIPATTERNS
from python_expert.tools.antipatterns.syntax import Syntax

if TYPE_CHECKING:
    from python_expert.text.document import Document
    from python_expert.tools.antipatterns.rules.base import AntiPattern, PatternRule

_BARRIERS = {each.code: FaultBarrier(f"the rule {each.code}") for each in RULES}


def check(document: Document, *, style: bool = True) -> Report:
    """Check a document. Takes about 10 ms for 1,000 lines: do not call it on the event loop.

    Args:
        document: The document.
        style: Whether style rules apply.
    """
    try:
        syntax = Syntax.of(parse(document.text), document.text)
    except BrokenError:
        return Report(ANTIPATTERNS, document.uri, document.version, (), parsed=False)
    shown: list[Finding] = []
    silenced: list[Finding] = []
    comments = NoqaComments(document)
    for rule in RULES:
        if rule.is_style and not style:
            continue
        nothing: list[AntiPattern] = []
        for each in _BARRIERS[rule.code].call(nothing, lambda: list(rule.find(syntax))):  # noqa: B023 - called at once
            finding = _finding(document, rule, each)
            first, last = finding.range.start.line, finding.range.end.line
            quiet = comments.silence(frozenset({rule.code}), range(first, last + 1))
            (silenced if quiet else shown).append(finding)
    return Report(
        ANTIPATTERNS,
        document.uri,
        document.version,
        tuple(sorted(shown, key=lambda each: each.range)),
        silenced=tuple(silenced),
    )


def _finding(document: Document, rule: PatternRule, found: AntiPattern) -> Finding:
    where = _range(document, found)
    return Finding(ANTIPATTERNS, where, rule.code, found.message, found.severity or rule.severity)


def _range(document: Document, found: AntiPattern) -> Range:
    node = found.node
    start = _position(document, node.lineno, node.col_offset)
    if found.header:
        end = Position(start.line, len(document.lines[start.line].rstrip()))
    else:
        end = _position(document, node.end_lineno or node.lineno, node.end_col_offset or 0)
    return Range(start, end)


def _position(document: Document, line: int, column: int) -> Position:
    text = document.lines[line - 1]
    return Position(line - 1, units_to_column(text, column, Encoding.UTF8))
