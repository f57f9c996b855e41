"""Converts ruff's findings, from its LSP diagnostics and from its JSON output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from python_expert.diagnostics.finding import Finding, Note, Report, Severity, Tag
from python_expert.text.document import Position, Range
from python_expert.tools.answers import number, text
from python_expert.tools.ruff.spec import RUFF

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from python_expert.text.columns import Encoding
    from python_expert.text.document import Document

SYNTAX = "invalid-syntax"
"""The code of syntax errors."""

UNREADABLE = "E902"
"""The rule for a file that cannot be opened or is not in UTF-8."""

KINDS = {
    "quickfix": "quickfix",
    "source.fixAll": "source.fixAll.ruff",
    "source.organizeImports": "source.organizeImports.ruff",
}
"""For each of LSP's kinds of code actions, ruff's kind."""

_ERRORS = frozenset({"F821", UNREADABLE, "invalid-syntax"})
_SEVERITIES = {int(severity): severity for severity in Severity}


def from_lsp(
    document: Document,
    items: Sequence[dict[str, Any]],
    encoding: Encoding,
    codes: Mapping[str, str],
) -> Report:
    """Convert ruff's LSP diagnostics to a report.

    Args:
        document: The document.
        items: Ruff's diagnostics for it.
        encoding: The unit of their columns.
        codes: The codes of rules that ruff reports by name.
    """
    findings = tuple(_finding(document, item, encoding, codes) for item in items)
    # Rules that need a syntax tree report nothing without one. If such a rule has a finding, the
    # text was parsed, and the syntax error is one that ruff finds in the tree (for example a
    # `return` outside a function).
    found = {finding.code for finding in findings}
    parsed = SYNTAX not in found or any(code.startswith(("F", "S", "B")) for code in found)
    return Report(RUFF, document.uri, document.version, findings, parsed=parsed)


def _finding(
    document: Document, item: dict[str, Any], encoding: Encoding, codes: Mapping[str, str]
) -> Finding:
    code = text(item.get("code") or "")
    page = item.get("codeDescription")
    tags, notes = item.get("tags"), item.get("relatedInformation")
    return Finding(
        RUFF,
        _range(document, item["range"], encoding),
        codes.get(code, code),
        # Ruff appends the fix's title, which the quick fix shows anyway.
        item["message"].partition("\n\nhelp: ")[0],
        _SEVERITIES[item.get("severity") or Severity.WARNING],
        text(page["href"]) if page else "",
        tuple(map(Tag, tags)) if tags else (),
        tuple(
            Note(
                text(note["location"]["uri"]),
                _range(document, note["location"]["range"], encoding),
                text(note["message"]),
            )
            for note in notes
        )
        if notes
        else (),
    )


def _range(document: Document, wire: Mapping[str, Any], encoding: Encoding) -> Range:
    """Read a range, clipped to the text."""
    last = len(document.lines) - 1
    start, end = (
        Position(max(0, min(number(line), last)), max(0, number(column)))
        for line, column in document.inner_range(wire, encoding)
    )
    return Range(start, end)


def from_cli(item: dict[str, Any]) -> Finding:
    """Read a finding of ``ruff check --output-format json``: 1-based lines and code points."""
    start, end = _position(item["location"]), _position(item["end_location"])
    code = text(item["code"] or SYNTAX)
    return Finding(
        RUFF,
        Range(start, max(start, end)),
        code,
        text(item["message"]),
        Severity.ERROR if code in _ERRORS else Severity.WARNING,
        text(item.get("url") or ""),
        fixable=(item.get("fix") or {}).get("applicability") == "safe",
    )


def _position(place: Mapping[str, Any]) -> Position:
    return Position(max(number(place["row"]) - 1, 0), max(number(place["column"]) - 1, 0))


def action(item: dict[str, Any], kinds: Sequence[str]) -> dict[str, Any]:
    """Validate one of ruff's code actions.

    Args:
        item: Ruff's item.
        kinds: The requested kinds.

    Raises:
        LookupError, TypeError, ValueError: It is not a code action of these kinds.
    """
    if not text(item["kind"]).startswith(tuple(kinds)):
        raise ValueError(f"a code action of kind {item['kind']} was not asked for")
    text(item["title"])
    for change in item["edit"].get("documentChanges", ()):
        for edit in change["edits"]:
            text(edit["newText"])
            _check_range(edit["range"])
    for fixed in item.get("diagnostics") or ():
        text(fixed["message"])
        _check_range(fixed["range"])
    return item


def _check_range(wire: Mapping[str, Any]) -> None:
    for end in ("start", "end"):
        number(wire[end]["line"])
        number(wire[end]["character"])


def touches(document: Document, item: Mapping[str, Any], where: Range, encoding: Encoding) -> bool:
    """Return whether a diagnostic of ruff's and a range overlap or touch."""
    found = document.range(item["range"], encoding)
    return found.start <= where.end and where.start <= found.end
