"""Hovers: the explanation of a finding's rule, and the type of a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.client import codes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.client import Client
    from tests.conftest import ClientFactory, ProjectFactory

pytestmark = pytest.mark.one_python

TEXT = """\
import os
import subprocess


def ask(command: str) -> int:
    '''Ask a program.

    And wait for it.
    '''
    subprocess.run(
        command,
        shell=True,
    )
    return len(command) + "1"
"""


@pytest.fixture
def folder(project: ProjectFactory) -> Path:
    return project({"pyproject.toml": ""})


@pytest.fixture
def editor(client: ClientFactory, folder: Path) -> Client:
    """A client with the project as its workspace folder."""
    editor = client()
    editor.initialize([folder])
    return editor


def opened(editor: Client, path: Path, text: str = TEXT) -> str:
    """Open a document, and wait for the findings of all tools."""
    document = editor.open(path, text)
    editor.wait_diagnostics(document, lambda items: {*codes(items)} >= {"F401", "operator", "B404"})
    return document


def hover(editor: Client, document: str, line: int, column: int) -> str | None:
    """Return the text of a hover."""
    place = {"line": line, "character": column}
    params = {"textDocument": {"uri": document}, "position": place}
    answer: dict[str, Any] | None = editor.request("textDocument/hover", params)
    return answer["contents"]["value"] if answer else None


def test_a_hover_over_a_finding_explains_its_rule(editor: Client, folder: Path) -> None:
    document = opened(editor, folder / "a.py")
    assert all("codeDescription" in item for item in editor.diagnostics(document))
    assert "# unused-import (F401)" in (hover(editor, document, 0, 8) or "")
    assert "# import_subprocess (B404)" in (hover(editor, document, 1, 8) or "")
    assert "# operator (mypy)" in (hover(editor, document, 13, 27) or "")
    # A finding of several lines is explained only in the first one, to show other hovers there.
    assert "shell" in (hover(editor, document, 9, 8) or "")
    assert "CWE" not in (hover(editor, document, 11, 10) or "")
    assert hover(editor, document, 2, 0) is None


def test_a_hover_over_a_name_shows_its_type_and_docstring(editor: Client, folder: Path) -> None:
    document = opened(editor, folder / "a.py")
    declaration = "```python\ndef ask(command: str) -> int\n```"
    assert hover(editor, document, 4, 5) == f"{declaration}\n\nAsk a program."
    assert hover(editor, document, 10, 10) == "```python\ncommand: str\n```"
    # The current text: there is no answer until mypy has checked it.
    editor.change(document, 2, [((4, 17), (4, 20), "bytes")])
    shown = editor.wait(lambda: hover(editor, document, 10, 10), "the new type")
    assert shown == "```python\ncommand: bytes\n```"


@pytest.mark.parametrize(("mode", "named"), [("on", True), ("findings", False)])
def test_types_in_hovers_can_be_switched_off_for_another_server(
    client: ClientFactory, folder: Path, mode: str, *, named: bool
) -> None:
    editor = client()
    editor.initialize([folder], options={"features": {"hover": mode}})
    document = opened(editor, folder / "a.py")
    assert bool(hover(editor, document, 10, 10)) == named
    assert "F401" in (hover(editor, document, 0, 8) or "")


def test_a_client_that_takes_no_markdown_gets_plain_text(
    client: ClientFactory, folder: Path
) -> None:
    editor = client()
    editor.initialize([folder], capabilities={"textDocument": {"hover": {"contentFormat": None}}})
    document = opened(editor, folder / "a.py")
    place = {"textDocument": {"uri": document}, "position": {"line": 1, "character": 8}}
    contents = editor.request("textDocument/hover", place)["contents"]
    assert contents["kind"] == "plaintext"
    assert "\nimport_subprocess (B404)\n" in contents["value"]
    assert "```" not in contents["value"]
    assert "CWE-78: https://cwe.mitre.org/data/definitions/78.html" in contents["value"]


def test_hovers_can_be_switched_off(client: ClientFactory, folder: Path) -> None:
    editor = client()
    editor.initialize([folder], options={"features": {"hover": "off"}})
    document = opened(editor, folder / "a.py")
    assert hover(editor, document, 0, 8) is None
