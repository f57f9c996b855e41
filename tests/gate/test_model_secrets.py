"""Secrets in a text or a finding are not sent."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.actions.registry import ACTIONS
from python_expert.llm.anthropic.screening import credential_in
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC
from tests.conftest import write
from tests.messages import KEY, MessagesServer, reply
from tests.model import asked_for, says

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from python_expert.actions.base import Action
    from tests.conftest import ClientFactory
    from tests.messages import Behaviour, Request

pytestmark = pytest.mark.one_python

PYPROJECT = '[tool.ruff.lint]\nselect = ["E9", "F"]\n\n[tool.mypy]\nstrict = true\n'


def secret(number: int) -> str:
    """Return a fake key. It is in two pieces so that no scanner takes it for a real one."""
    return "AKIA" + f"Q3EGRZTC{number:02}7XW2LM".replace("0", "Z").replace("1", "V")


IN_LITERAL, IN_COMMENT, IN_DEFAULT, ELSEWHERE, IN_CALL, IN_MODULE, IN_CLASS, IN_DOCSTRING = map(
    secret, range(2, 10)
)
SECRETS = (
    IN_LITERAL, IN_COMMENT, IN_DEFAULT, ELSEWHERE, IN_CALL, IN_MODULE, IN_CLASS, IN_DOCSTRING,
)  # fmt: skip

TEXT = f'''\
"""Storage; the old key was {IN_DOCSTRING}."""

import time

KEY = "{IN_MODULE}"


class Client:
    key = "{IN_CLASS}"
    regions = []

    def __init__(self, key="{IN_CLASS}"):
        self.key = key

    def renew(self, key):
        time.sleep(1)
        return key == self.key


def connect(host, key="{IN_DEFAULT}"):
    # until Friday: {IN_COMMENT}
    token = f"{IN_LITERAL}{{host}}"
    time.sleep(1)
    return Client(key).renew(token)


def other(key):
    if key == "{ELSEWHERE}":
        raise ValueError("{ELSEWHERE}")
    time.sleep(1)
    return key


connect("localhost", "{IN_CALL}")
other("{IN_CALL}")
'''


def run(
    server: MessagesServer,
    folder: Path,
    action: Action,
    *words: str,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run the command on the text; return all its output."""
    write(folder, {"pyproject.toml": PYPROJECT, "storage.py": TEXT})
    done = subprocess.run(
        [
            *(sys.executable, "-m", "python_expert", "rewrite", action.name, "storage.py"),
            *("--provider", "anthropic"),
            *words,
        ],
        cwd=folder,
        env={**server.environment, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert server.requests, done.stderr
    return done.stdout + done.stderr


def rewritten(server: MessagesServer, folder: Path, action: Action) -> str:
    """Return the text after the command has rewritten it."""
    run(server, folder, action, "--write")
    return (folder / "storage.py").read_text("utf-8")


def received_secrets(server: MessagesServer) -> list[str]:
    """Return the secrets that the endpoint received, in full or without their prefix."""
    received = b"".join(
        each.raw + json.dumps(dict(each.headers)).encode() for each in server.requests
    )
    assert b"REDACTED_1" in received
    return [each for each in SECRETS if each.encode() in received or each[4:].encode() in received]


ANSWERS: dict[Action, dict[str, Any]] = {
    ADD_DOCSTRINGS: {"summary": "Do it."},
    ADD_TYPE_HINTS: {"types": ["key: bytes", "host: bytes", "return: complex"]},
    CONVERT_TO_ASYNC: {"convert": True},
}


@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_no_action_sends_a_secret_of_the_text(tmp_path: Path, action: Action) -> None:
    with MessagesServer() as server:
        server.answer = lambda request: reply(says(asked_for(request), **ANSWERS[action]))
        text = rewritten(server, tmp_path, action)
        assert received_secrets(server) == []
    assert "REDACTED" not in text
    assert all(TEXT.count(each) == text.count(each) for each in SECRETS)


def test_a_secret_in_a_finding_sent_back_to_the_model_is_replaced(tmp_path: Path) -> None:
    with MessagesServer() as server:

        def answer(request: Request) -> Behaviour:
            # mypy: non-overlapping equality check (left operand type: "int", right operand ...).
            return reply(says(asked_for(request), types=["key: int", "return: int"]))

        server.answer = answer
        text = rewritten(server, tmp_path, ADD_TYPE_HINTS)
        corrections = [each.question for each in server.requests if len(each.body["messages"]) > 1]
        assert any("REDACTED_" in each for each in corrections), corrections
        assert received_secrets(server) == []
    assert "REDACTED" not in text


def placeholder_in_default(request: Request) -> str:
    """Return the placeholder in the default of ``connect``, or an empty string."""
    found = re.search(r'key="(REDACTED_\d+_VALUE)"\):\n +#', request.body["messages"][0]["content"])
    return found[1] if found else ""


@pytest.mark.parametrize(
    "answer",
    [
        {"summary": "Connect with {}."},
        {"summary": "Connect.", "args": ["key: The key, {} by default."]},
        {"summary": "Connect.", "details": "The key {}, or {} again."},
        {"types": ['key: Literal["{}"]'], "imports": ["from typing import Literal"]},
    ],
)
def test_a_secret_is_never_put_into_a_docstring_or_a_type(
    tmp_path: Path, answer: dict[str, Any]
) -> None:
    action = ADD_TYPE_HINTS if "types" in answer else ADD_DOCSTRINGS
    with MessagesServer() as server:

        def answer_request(request: Request) -> Behaviour:
            if name := placeholder_in_default(request):
                fields = json.loads(json.dumps(answer).replace("{}", name))
                return reply(says("connect", **fields))
            return reply(says(asked_for(request), **ANSWERS[action]))

        server.answer = answer_request
        shown = run(server, tmp_path, action, "--write")
        asked = [each for each in server.requests if asked_for(each) == "connect"]
        assert received_secrets(server) == []
    text = (tmp_path / "storage.py").read_text("utf-8")
    assert all(TEXT.count(each) == text.count(each) for each in SECRETS)
    assert "REDACTED" not in text
    assert "connect: the model's answer names a secret that was replaced" in shown
    assert "was replaced before sending" in asked[1].question, "it may try again"
    assert text != TEXT or action is ADD_TYPE_HINTS, "the others are written"


def test_an_answer_without_the_secret_is_written_at_the_second_attempt(tmp_path: Path) -> None:
    with MessagesServer() as server:

        def answer_request(request: Request) -> Behaviour:
            name = placeholder_in_default(request)
            if name and len(request.body["messages"]) == 1:
                return reply(says("connect", summary=f"Connect with {name}."))
            return reply(says(asked_for(request), summary="Connect or so."))

        server.answer = answer_request
        text = rewritten(server, tmp_path, ADD_DOCSTRINGS)
        assert received_secrets(server) == []
    assert text.count("Connect or so.") >= 3
    assert "REDACTED" not in text


OWN = "hv5" + "-Qx81-Lemma-Zt90-wharf"
UNKNOWN = "ghp" + "_" + "Ab1Cd2Ef3Gh4" * 3
ANSWERS_WITH_SECRET: list[tuple[Action, dict[str, Any]]] = [
    (ADD_DOCSTRINGS, {"summary": "Needs {}.", "args": ["key: The key,\n{}"]}),
    (ADD_TYPE_HINTS, {"types": ['key: Literal["{}"]', "{}: int", "return: int"]}),
    (ADD_TYPE_HINTS, {"types": ["key: int"], "imports": ["from {} import x"]}),
    (CONVERT_TO_ASYNC, {"convert": True, "calls": ["1: {}"]}),
    (CONVERT_TO_ASYNC, {"function": "{}", "convert": True}),
]


WAYS: list[tuple[str, dict[str, str], list[str]]] = [
    (OWN, {"ANTHROPIC_API_KEY": OWN}, ["--output-format", "json"]),
    (OWN, {"ANTHROPIC_API_KEY": "", "ANTHROPIC_AUTH_TOKEN": OWN}, ["--write"]),
    (UNKNOWN, {}, ["--diff"]),
]
"""A credential, the variables of the environment, and the options of the command."""


# Each answer and each way at least once; the answer is read before the way matters.
@pytest.mark.parametrize(
    ("action", "answer", "secret", "env", "words"),
    [
        *((*ANSWERS_WITH_SECRET[0], *way) for way in WAYS),
        *((*each, *way) for each, way in zip(ANSWERS_WITH_SECRET[1:], cycle(WAYS), strict=False)),
    ],
)
def test_no_answer_writes_or_shows_a_credential(
    tmp_path: Path,
    action: Action,
    answer: dict[str, Any],
    secret: str,
    env: dict[str, str],
    words: list[str],
) -> None:
    with MessagesServer() as server:
        filled = json.loads(json.dumps(answer).replace("{}", secret))
        server.answer = lambda request: reply(
            json.dumps({"function": asked_for(request), **filled})
        )
        shown = run(server, tmp_path, action, *words, env=env)
        assert not any(secret in each.question for each in server.requests)
    assert "the model's" in shown or "the model answered" in shown
    assert secret not in shown
    assert (tmp_path / "storage.py").read_text("utf-8") == TEXT


@pytest.mark.parametrize("answer", ["{}", "a {}.", "{0}{1}", ["x: {}"], {"{}": 1}, [{"a": "{}"}]])
@pytest.mark.parametrize("secret", [OWN, UNKNOWN])
def test_a_credential_is_found_in_any_part_of_an_answer(
    monkeypatch: pytest.MonkeyPatch,
    answer: object,
    secret: str,
) -> None:
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", OWN)
    cut = f"{secret[:12]}\n    {secret[12:]}"
    facts = json.loads(
        json.dumps(answer).replace("{0}{1}", json.dumps(cut)[1:-1]).replace("{}", secret)
    )
    assert credential_in(facts, "")
    assert bool(credential_in(facts, f"x = '{secret}'")) is (secret == OWN)
    assert not credential_in("any words", "")


def test_a_private_key_in_an_answer_is_found() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----"
    assert credential_in({"details": f"Such as\n\n{key}"}, "")
    assert not credential_in({"details": key}, key)


def test_an_editor_is_shown_no_credential_of_its_environment(
    client: ClientFactory, tmp_path: Path
) -> None:
    folder = write(tmp_path / "project", {"pyproject.toml": PYPROJECT})
    with MessagesServer() as server:
        server.answer = lambda request: reply(says(asked_for(request), summary=f"Needs {KEY}."))
        editor = client(cwd=folder, env=server.variables)
        editor.initialize([folder])
        document = editor.open(folder / "storage.py", TEXT)
        arguments = {"uri": document, "action": "add-docstrings", "version": 1, "range": None}
        outcome = editor.request(
            "workspace/executeCommand",
            {"command": "pythonExpert.rewrite", "arguments": [arguments | {"wait": True}]},
        )
        report = editor.request(
            "workspace/executeCommand", {"command": "pythonExpert.lastReport", "arguments": []}
        )
    assert outcome["result"] == "refused"
    assert "a credential of your environment" in outcome["message"]
    assert editor.applied == []
    assert KEY not in f"{outcome} {report} {editor.messages} {editor.logs} {editor.stderr}"


def test_a_key_that_is_an_ordinary_word_is_allowed_in_a_docstring(tmp_path: Path) -> None:
    with MessagesServer() as server:
        server.answer = lambda request: reply(says(asked_for(request), summary="Do anything."))
        run(
            server,
            tmp_path,
            ADD_DOCSTRINGS,
            "--write",
            env={"ANTHROPIC_API_KEY": "anything"},
        )
    assert "Do anything." in (tmp_path / "storage.py").read_text("utf-8")
