"""Findings keep their identity when they move, and editors get it as a diagnostic's ``data``."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.diagnostics.finding import Finding, Severity
from python_expert.diagnostics.identity import identity
from python_expert.text.document import Document, Position, Range
from tests.client import shows
from tests.conftest import RUFF_ONLY
from tests.tools import RUFF

if TYPE_CHECKING:
    from tests.client import Client
    from tests.conftest import ClientFactory, ProjectFactory

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
def test_it_stays_the_same_while_its_own_code_does(text: str, line: int) -> None:
    assert identity_of(text, line) == identity_of(TEXT, 1)


def test_another_rule_file_or_code_has_another() -> None:
    others = (
        identity_of(TEXT, 1, code="F811"),
        identity_of(TEXT, 1, uri="file:///b.py"),
        identity_of(TEXT, 2),
        identity_of(TEXT.replace("b = 2", "b = 3"), 1),
    )
    assert identity_of(TEXT, 1) not in others
    assert len({*others}) == len(others)


def test_every_line_of_every_text_has_one() -> None:
    for text in ("", "\ud800\n", "x\f"):
        assert identity_of(text, 0)


PULLS = {"publishDiagnostics": None, "diagnostic": {"dataSupport": True}}


@pytest.mark.parametrize("capabilities", [{}, PULLS], ids=["pushed", "pulled"])
def test_a_client_gets_it_and_can_send_it_back(
    project: ProjectFactory, client: ClientFactory, capabilities: dict[str, object]
) -> None:
    (item,), document, editor = found(project, client, capabilities)
    assert item["data"] == {
        "tool": "ruff",
        "rule": "F401",
        "file": document,
        "code": item["data"]["code"],
    }
    params = {
        "textDocument": {"uri": document},
        "range": item["range"],
        "context": {"diagnostics": [item], "only": ["quickfix"]},
    }
    fix, *_ = editor.request("textDocument/codeAction", params)
    assert fix["diagnostics"] == [item]
    assert fix["edit"]


@pytest.mark.parametrize(
    "capabilities",
    [
        {"publishDiagnostics": {"dataSupport": False}},
        {"publishDiagnostics": None, "diagnostic": {"dynamicRegistration": False}},
    ],
    ids=["pushed", "pulled"],
)
def test_a_client_that_does_not_keep_data_gets_none(
    project: ProjectFactory, client: ClientFactory, capabilities: dict[str, object]
) -> None:
    (item,), _, _ = found(project, client, capabilities)
    assert "data" not in item


def found(
    project: ProjectFactory, client: ClientFactory, capabilities: dict[str, object]
) -> tuple[list[dict[str, Any]], str, Client]:
    """The diagnostics of a document with an unused import, its URI, and the editor that has it."""
    folder = project({"pyproject.toml": RUFF_ONLY})
    editor = client()
    # A client that cannot be told to ask again is answered when the tools are done.
    editor.initialize(
        [folder], capabilities={"textDocument": capabilities, "workspace": {"diagnostics": None}}
    )
    document = editor.open(folder / "a.py", "import os\n")
    if "diagnostic" in capabilities:
        params = {"textDocument": {"uri": document}}
        return editor.request("textDocument/diagnostic", params)["items"], document, editor
    return editor.wait_diagnostics(document, shows("F401")), document, editor
