"""Converts mypy's errors to reports on documents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from python_expert.config import scripts
from python_expert.diagnostics.finding import Finding, Note, Report, Severity
from python_expert.text.columns import Encoding, units_to_column
from python_expert.text.document import Document, Position, Range
from python_expert.tools.answers import text
from python_expert.tools.mypy.spec import MYPY, SPEC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_expert.tools.mypy.launch import MypyLaunch

_BLOCK = re.compile(r"@|(async\s+)?def\b|class\b")
"""The start of statements whose range includes a body."""

_UNTYPED_DEF = "no-untyped-def"
_NAME = re.compile(r"(?:async\s+)?def\s+(\w+)")

_NOT_FOUND = "import-not-found"
_SCRIPT_ADVICE = (
    "searched the packages of {}; this script has dependencies of its own (PEP 723): run "
    "'uv sync --script' to install them in an environment, which is then used for this script "
    "(in an editor, once you save it)"
)

_SEVERITIES = {
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "note": Severity.INFORMATION,
}


def report(document: Document, result: Mapping[str, Any], launch: MypyLaunch) -> Report:
    """Create the report on a document.

    Args:
        document: The document.
        result: `parsed` and `findings`: each has severity, code, message, the 0-based line and
            end_line, the 0-based column and end_column in UTF-8 bytes (-1: unknown), and notes.
        launch: How mypy was started.
    """
    findings = tuple(_finding(document, item, launch) for item in result["findings"])
    return Report(MYPY, document.uri, document.version, findings, parsed=result["parsed"])


def _finding(document: Document, item: Mapping[str, Any], launch: MypyLaunch) -> Finding:
    where = _range(document, item)
    code = text(item["code"] or "")
    message = text(item["message"])
    severity = _SEVERITIES[item["severity"]]
    searched = launch.searched if code == _NOT_FOUND else ""
    if searched and scripts.is_script(document.text):
        message = f"{message}; {_SCRIPT_ADVICE.format(searched)}"
        searched = ""
    if code == _UNTYPED_DEF:
        where = _name(document, where)
    if launch.lenient and code in SPEC.optional:
        severity = Severity.INFORMATION
    return Finding(
        MYPY,
        where,
        code,
        message,
        severity,
        SPEC.rule_page.format(code) if code else "",
        notes=tuple(
            Note(document.uri, _range(document, note), text(note["message"]))
            for note in item.get("notes", ())
        ),
        searched=searched,
    )


def _range(document: Document, item: Mapping[str, Any]) -> Range:
    """Return the range of an error.

    An error about a whole function or class is shown on its first line, and so is one whose end is
    unknown.
    """
    start = _position(document, item["line"], item["column"])
    end = _position(document, item.get("end_line", -1), item.get("end_column", -1))
    line = document.lines[start.line]
    if end <= start or (end.line > start.line and _BLOCK.match(line, start.column)):
        end = Position(start.line, len(line.rstrip()))
    return Range(start, max(start, end))


def _name(document: Document, where: Range) -> Range:
    """Return the range of the name of the function whose definition begins at a range."""
    line = where.start.line
    match = _NAME.match(document.lines[line], where.start.column)
    return Range(*(Position(line, column) for column in match.span(1))) if match else where


def _position(document: Document, line: int, column: int) -> Position:
    line = max(0, min(line, len(document.lines) - 1))
    return Position(line, units_to_column(document.lines[line], max(0, column), Encoding.UTF8))
