"""The answer to ``initialize`` before the server is loaded: the same as the server's own."""

from __future__ import annotations

import io
import itertools
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.lsp.features import rewrite_menu
from python_expert.lsp.greeting import CAPABILITIES, FirstMessage, greet, result
from python_expert.processes.wire import frame
from tests.capabilities import answer, generated

if TYPE_CHECKING:
    from tests.client import Client
    from tests.conftest import ClientFactory, ProjectFactory

Json = dict[str, Any]

GENERAL: tuple[Json, ...] = (
    {},
    {"general": None},
    {"general": {"positionEncodings": ["utf-8", "utf-16"]}},
    {"general": {"positionEncodings": ["ebcdic", "utf-32"]}},
    {"general": {"positionEncodings": ["ebcdic"]}},
)
TEXT: tuple[Json, ...] = (
    {},
    {"textDocument": {"diagnostic": {"dynamicRegistration": True}}},
    {"textDocument": {"diagnostic": {}, "publishDiagnostics": {}}},
    {"textDocument": {"synchronization": {"willSave": True, "willSaveWaitUntil": True}}},
    {"textDocument": {"publishDiagnostics": {"relatedInformation": True}}},
)
OTHER: tuple[Json, ...] = (
    {},
    {"notebookDocument": {"synchronization": {}}, "window": {"workDoneProgress": True}},
    {"workspace": {"fileOperations": {"didCreate": True}, "workspaceFolders": True}},
)


def test_what_is_generated_is_up_to_date() -> None:
    text = CAPABILITIES.read_text(encoding="utf-8")
    assert text == generated(), "run python -m tests.capabilities"


def test_a_new_action_is_announced_once_the_file_is_generated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rewrite_menu, "KINDS", (*rewrite_menu.KINDS, "refactor.rewrite.new"))
    known = json.loads(generated())
    assert known["codeActionProvider"]["codeActionKinds"][-1] == "refactor.rewrite.new"


def test_every_client_gets_the_servers_own_answer() -> None:
    for parts in itertools.product(GENERAL, TEXT, OTHER):
        capabilities = {key: value for part in parts for key, value in part.items()}
        given = answer(capabilities)
        sync = given["capabilities"]["textDocumentSync"]
        given["capabilities"]["textDocumentSync"] = {key: sync[key] for key in sync if sync[key]}
        assert result({"capabilities": capabilities}) == given, capabilities


def told(message: object) -> tuple[FirstMessage, bytes]:
    sink = io.BytesIO()
    first = greet(io.BytesIO(frame(json.dumps(message).encode())), sink)
    assert first is not None
    return first, sink.getvalue()


@pytest.mark.parametrize(
    "message",
    [
        [],
        {"id": 1, "method": "shutdown"},
        {"method": "initialize", "params": {"capabilities": {}}},
        {"id": [], "method": "initialize", "params": {"capabilities": {}}},
        {"id": 1, "method": "initialize"},
        {"id": 1, "method": "initialize", "params": {"capabilities": 5}},
        {"id": 1, "method": "initialize", "params": {"capabilities": {"general": 5}}},
        {"id": 1, "method": "initialize", "params": {"capabilities": {}, "processId": "x"}},
        {
            "id": 1,
            "method": "initialize",
            "params": {"capabilities": {}, "workspaceFolders": [{"uri": 5, "name": "x"}]},
        },
    ],
)
def test_what_is_doubtful_is_left_to_the_server(message: object) -> None:
    first, said = told(message)

    assert not first.greeted
    assert first.body == json.dumps(message).encode()
    assert said == b""


def test_a_client_that_goes_before_it_says_anything_is_no_error() -> None:
    assert greet(io.BytesIO(b""), io.BytesIO()) is None


def test_the_greeting_imports_nothing_that_takes_time() -> None:
    code = "import sys, python_expert.cli.server; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()

    assert not {"asyncio", "pydantic", "pygls", "lsprotocol", "typer"} & {*loaded}


def test_a_client_whose_capabilities_cannot_be_read_is_served(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    strange = {"textDocument": {"codeAction": 5}, "general": {"positionEncodings": ["utf-8"]}}
    answered = editor.request("initialize", {"processId": None, "capabilities": strange})
    editor.notify("initialized", {})
    document = editor.open(project() / "x.py", "import os\n")

    assert answered["capabilities"]["positionEncoding"] == "utf-8"
    assert has_f401(editor, document)


def has_f401(editor: Client, document: str) -> bool:
    found = editor.wait_diagnostics(document, lambda items: any(i["code"] == "F401" for i in items))
    return bool(found)
