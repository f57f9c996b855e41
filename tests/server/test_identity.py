"""Editors get a finding's identity as a diagnostic's ``data``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.client import shows
from tests.conftest import RUFF_ONLY

if TYPE_CHECKING:
    from tests.client import Client
    from tests.conftest import ClientFactory, ProjectFactory

PULLS = {"publishDiagnostics": None, "diagnostic": {"dataSupport": True}}


@pytest.mark.parametrize("capabilities", [{}, PULLS], ids=["pushed", "pulled"])
def test_a_client_gets_the_identity_and_can_send_it_back(
    project: ProjectFactory, client: ClientFactory, capabilities: dict[str, object]
) -> None:
    (item,), document, editor = found(project, client, capabilities)
    assert item["data"] == {
        "tool": "ruff",
        "rule": "F401",
        "file": document,
        "scope": "",
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
    """A document with an unused import: its diagnostics, its URI, and the editor."""
    folder = project({"pyproject.toml": RUFF_ONLY})
    editor = client()
    # A client without refresh support gets the answer when all tools have finished.
    editor.initialize(
        [folder], capabilities={"textDocument": capabilities, "workspace": {"diagnostics": None}}
    )
    document = editor.open(folder / "a.py", "import os\n")
    if "diagnostic" in capabilities:
        params = {"textDocument": {"uri": document}}
        return editor.request("textDocument/diagnostic", params)["items"], document, editor
    return editor.wait_diagnostics(document, shows("F401")), document, editor
