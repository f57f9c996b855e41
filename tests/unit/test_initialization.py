"""The answer to ``initialize``, and the answers to messages before it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from python_expert.lsp.client import Client as Abilities
from python_expert.lsp.commands import COMMANDS
from python_expert.lsp.features import code_actions, rewrite_menu
from python_expert.lsp.initialization import answer_initialize, result
from python_expert.processes.wire import frame

Json = dict[str, Any]


def initialized_by(*messages: object) -> tuple[Json | None, list[Json]]:
    """Send messages; return the accepted parameters and the answers."""
    sink = io.BytesIO()
    params = answer_initialize(
        io.BytesIO(b"".join(frame(json.dumps(each).encode()) for each in messages)), sink
    )
    answers = [
        json.loads(each[: each.rindex(b"}") + 1]) for each in sink.getvalue().split(b"\r\n\r\n")[1:]
    ]
    return params, answers


def initialize(number: object = 1, **params: object) -> Json:
    return {"id": number, "method": "initialize", "params": params}


def test_every_action_and_command_is_announced() -> None:
    known = result({})["capabilities"]

    kinds = [*code_actions.KINDS, *rewrite_menu.KINDS]
    assert known["codeActionProvider"]["codeActionKinds"] == kinds
    assert known["executeCommandProvider"]["commands"] == list(COMMANDS)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ({}, "utf-16"),
        ({"general": None}, "utf-16"),
        ({"general": {"positionEncodings": ["utf-8", "utf-16"]}}, "utf-8"),
        ({"general": {"positionEncodings": ["ebcdic", 5, "utf-32"]}}, "utf-32"),
        ({"general": {"positionEncodings": ["ebcdic"]}}, "utf-16"),
    ],
)
def test_the_first_encoding_that_is_known_is_chosen(offered: Json, chosen: str) -> None:
    assert result(offered)["capabilities"]["positionEncoding"] == chosen
    assert Abilities.of(offered).encoding == chosen


@pytest.mark.parametrize(
    ("text", "pulls"),
    [
        ({}, False),
        ({"diagnostic": {"dynamicRegistration": True}}, True),
        ({"diagnostic": {}, "publishDiagnostics": {}}, False),
        ({"diagnostic": {}, "publishDiagnostics": None}, True),
        ({"publishDiagnostics": {"relatedInformation": True}}, False),
    ],
)
def test_only_clients_without_pushed_diagnostics_pull_them(text: Json, pulls: bool) -> None:  # noqa: FBT001
    offered = {"textDocument": text}
    assert ("diagnosticProvider" in result(offered)["capabilities"]) is pulls
    assert Abilities.of(offered).pull is pulls


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ([], -32600),
        ({}, -32600),
        ({"id": 1, "method": "shutdown"}, -32002),
        (initialize([], capabilities={}), -32600),
        ({"id": 1, "method": "initialize"}, -32602),
        (initialize(capabilities=5), -32602),
        (initialize(capabilities={"general": 5}), -32602),
        (initialize(capabilities={}, processId="x"), -32602),
        (initialize(capabilities={}, workspaceFolders=[{"uri": 5, "name": "x"}]), -32602),
    ],
)
def test_an_invalid_initialize_is_rejected_and_the_next_message_is_read(
    message: object, code: int
) -> None:
    params, answers = initialized_by(message, initialize(2, capabilities={}))

    assert params == {"capabilities": {}}
    assert answers[0]["error"]["code"] == code
    assert answers[1]["id"] == 2
    assert answers[1]["result"]["serverInfo"]["name"] == "python-expert"


def test_notifications_and_responses_are_not_answered() -> None:
    params, answers = initialized_by({"method": "initialized"}, {"id": 1, "result": None})

    assert (params, answers) == (None, [])


def test_a_client_that_disconnects_without_a_message_is_no_error() -> None:
    assert initialized_by() == (None, [])


def test_messages_after_exit_are_not_read() -> None:
    assert initialized_by({"method": "exit"}, initialize(capabilities={})) == (None, [])
