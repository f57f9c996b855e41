"""The diagnostic store: findings move with the text, and some stay while it does not parse."""

from __future__ import annotations

from python_expert.diagnostics.finding import Finding, Report, Severity, ToolName
from python_expert.diagnostics.store import MOST, DiagnosticStore
from python_expert.text.columns import Encoding
from python_expert.text.document import Document, Position, Range
from tests.tools import BANDIT, MERGING, MYPY, RUFF

URI = "file:///a.py"


def _finding(tool: ToolName, line: int, code: str, start: int = 0, end: int = 5) -> Finding:
    where = Range(Position(line, start), Position(line, end))
    return Finding(tool, where, code, f"about {code}", Severity.ERROR)


def _insert(document: Document, line: int, text: str) -> Document:
    place = {"line": line, "character": 0}
    change = {"range": {"start": place, "end": place}, "text": text}
    return document.change(document.version + 1, [change], Encoding.UTF16)


def _places(findings: list[Finding]) -> list[tuple[str, int]]:
    return [(finding.code, finding.range.start.line) for finding in findings]


def test_findings_of_an_older_version_move_with_their_code() -> None:
    store = DiagnosticStore(MERGING)
    old = Document.of(URI, 1, "first\nsecond\nthird\n")
    new = _insert(old, 1, "new\nlines\n")
    store.put(Report(MYPY, URI, 1, (_finding(MYPY, 2, "arg-type"),)))
    assert _places(store.findings(new)) == [("arg-type", 4)]


def test_a_finding_whose_code_was_overwritten_is_dropped() -> None:
    store = DiagnosticStore(MERGING)
    old = Document.of(URI, 1, "first\nsecond\n")
    change = {
        "range": {"start": {"line": 1, "character": 3}, "end": {"line": 1, "character": 6}},
        "text": "x",
    }
    new = old.change(2, [change], Encoding.UTF16)
    store.put(Report(MYPY, URI, 1, (_finding(MYPY, 1, "arg-type"),)))
    assert store.findings(new) == []


def test_a_late_report_does_not_replace_a_newer_one() -> None:
    store = DiagnosticStore(MERGING)
    document = _insert(Document.of(URI, 1, "first\n"), 0, "x")
    store.put(Report(MYPY, URI, 2, ()))
    store.put(Report(MYPY, URI, 1, (_finding(MYPY, 0, "arg-type"),)))
    assert store.findings(document) == []


def test_types_and_security_stay_while_a_text_does_not_parse() -> None:
    store = DiagnosticStore(MERGING)
    good = Document.of(URI, 1, "first\nsecond\nthird\n")
    ruff = (_finding(RUFF, 1, "S602"), _finding(RUFF, 1, "F401"))
    store.put(Report(RUFF, URI, 1, ruff))
    store.put(Report(MYPY, URI, 1, (_finding(MYPY, 2, "arg-type"),)))
    broken = _insert(good, 0, "(\n")
    syntax = _finding(RUFF, 0, "invalid-syntax", 0, 1)
    store.put(Report(RUFF, URI, 2, (syntax,), parsed=False))
    assert _places(store.findings(broken)) == [
        ("invalid-syntax", 0),
        ("S602", 2),
        ("arg-type", 3),
    ]
    mended = _insert(broken, 0, ")")
    store.put(Report(RUFF, URI, 3, ()))
    assert _places(store.findings(mended)) == [("arg-type", 3)]


def test_a_closed_document_is_forgotten() -> None:
    store = DiagnosticStore(MERGING)
    store.put(Report(MYPY, URI, 1, (_finding(MYPY, 0, "arg-type"),)))
    store.forget(URI)
    assert store.findings(Document.of(URI, 1, "first\n")) == []


def test_of_thousands_of_findings_the_most_severe_are_shown_with_a_count() -> None:
    store = DiagnosticStore(MERGING)
    document = Document.of(URI, 1, "x = 1\n" * 3001)
    mild = [
        _finding(RUFF, line, "E501")._replace(severity=Severity.WARNING) for line in range(3000)
    ]
    store.put(Report(RUFF, URI, 1, (*mild, _finding(RUFF, 3000, "F821"))))
    store.put(Report(BANDIT, URI, 1, (_finding(BANDIT, 1, "B301"),)))
    *found, more, other = store.findings(document)
    expected = [("F821", 3000), *(("E501", line) for line in range(MOST - 1))]
    assert _places(found) == expected
    assert more.message.startswith("Ruff has 2,001 more findings in this file")
    assert other.code == "B301"
