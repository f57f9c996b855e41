"""A finding keeps its identity when it moves; editors get it as a diagnostic's ``data``."""

from __future__ import annotations

import textwrap

import pytest

from python_expert.baseline import identity as identities
from python_expert.baseline.identity import identity
from python_expert.diagnostics.finding import Finding, Severity
from python_expert.text.document import Document, Position, Range
from tests.tools import RUFF

URI = "file:///a.py"
TEXT = "a = 1\nb = 2\nc = 3\nd = 4\n"


def identity_of(text: str, line: int, code: str = "F821", uri: str = URI) -> object:
    where = Range(Position(line, 0), Position(line, 1))
    finding = Finding(RUFF, where, code, "", Severity.ERROR)
    return identity(finding, Document.of(uri, 1, text))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (TEXT, 1),
        ("# more\n" + TEXT, 2),
        (TEXT.replace("d = 4", "d = 5"), 1),
        ("if x:\n" + textwrap.indent(TEXT, "    "), 2),
        (TEXT.replace("\n", "\r\n"), 1),
    ],
)
def test_the_identity_is_stable_while_the_finding_s_own_code_is(text: str, line: int) -> None:
    assert identity_of(text, line) == identity_of(TEXT, 1)


def test_another_rule_file_or_code_has_another_identity() -> None:
    others = (
        identity_of(TEXT, 1, code="F811"),
        identity_of(TEXT, 1, uri="file:///b.py"),
        identity_of(TEXT, 2),
        identity_of(TEXT.replace("b = 2", "b = 3"), 1),
    )
    assert identity_of(TEXT, 1) not in others
    assert len({*others}) == len(others)


def test_every_line_of_every_text_has_an_identity() -> None:
    for text in ("", "\ud800\n", "x\f"):
        assert identity_of(text, 0)


def test_definitions_are_searched_once_in_each_of_many_open_documents(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched: list[str] = []
    search = identities._scopes

    def counting(document: Document) -> list[str]:
        searched.append(document.uri)
        return search(document)

    monkeypatch.setattr(identities, "_scopes", counting)
    documents = [Document.of(f"file:///{n}.py", 1, "def f():\n    pass\n") for n in range(100)]
    finding = Finding(RUFF, Range(Position(1, 4), Position(1, 8)), "F821", "", Severity.ERROR)
    for document in documents * 2:
        assert identity(finding, document).scope == "f"
    assert len(searched) == len(documents)
