"""The answer to ``initialize``, and what is said before."""

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


def told(*messages: object) -> tuple[Json | None, list[Json]]:
    """What some messages lead to: what is returned, and what is answered."""
    sink = io.BytesIO()
    params = answer_initialize(
        io.BytesIO(b"".join(frame(json.dumps(each).encode()) for each in messages)), sink
    )
    said = [
        json.loads(each[: each.rindex(b"}") + 1]) for each in sink.getvalue().split(b"\r\n\r\n")[1:]
    ]
    return params, said


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
def test_only_who_does_not_take_diagnostics_pushed_is_to_ask(text: Json, pulls: bool) -> None:  # noqa: FBT001
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
def test_what_is_no_initialize_is_refused_and_the_next_message_read(
    message: object, code: int
) -> None:
    params, said = told(message, initialize(2, capabilities={}))

    assert params == {"capabilities": {}}
    assert said[0]["error"]["code"] == code
    assert said[1]["id"] == 2
    assert said[1]["result"]["serverInfo"]["name"] == "python-expert"


def test_what_wants_no_answer_gets_none() -> None:
    params, said = told({"method": "initialized"}, {"id": 1, "result": None})

    assert (params, said) == (None, [])


def test_a_client_that_goes_before_it_says_anything_is_no_error() -> None:
    assert told() == (None, [])


def test_what_follows_exit_is_not_read() -> None:
    assert told({"method": "exit"}, initialize(capabilities={})) == (None, [])
