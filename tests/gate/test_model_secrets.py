"""Secrets stay on the machine, wherever in a text or in a finding they stand."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.rewrites.base import Action
from tests.conftest import write
from tests.messages import MessagesServer, reply
from tests.model import asked_for, says

if TYPE_CHECKING:
    from pathlib import Path

    from tests.messages import Behaviour, Request

PYPROJECT = '[tool.ruff.lint]\nselect = ["E9", "F"]\n\n[tool.mypy]\nstrict = true\n'


def secret(number: int) -> str:
    """A key that is none; in two pieces, lest anybody takes it for one."""
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


def rewritten(server: MessagesServer, folder: Path, action: Action, text: str = TEXT) -> str:
    """What the command makes of a text."""
    write(folder, {"pyproject.toml": PYPROJECT, "storage.py": text})
    words = [sys.executable, "-m", "python_expert", "rewrite", action, "storage.py"]
    done = subprocess.run(
        [*words, "--provider", "anthropic", "--write"],
        cwd=folder,
        env=server.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert server.requests, done.stderr
    return (folder / "storage.py").read_text("utf-8")


def left(server: MessagesServer) -> list[str]:
    """The secrets that have arrived, as they are or spelt otherwise."""
    said = b"".join(each.raw + json.dumps(dict(each.headers)).encode() for each in server.requests)
    assert b"REDACTED_" in said
    return [each for each in SECRETS if each.encode() in said or each[4:].encode() in said]


ANSWERS: dict[Action, dict[str, Any]] = {
    Action.ADD_DOCSTRINGS: {"summary": "Do it."},
    Action.ADD_TYPE_HINTS: {"types": ["key: bytes", "host: bytes", "return: complex"]},
    Action.CONVERT_TO_ASYNC: {"convert": True},
}


@pytest.mark.parametrize("action", Action)
def test_no_secret_of_a_text_arrives_whatever_is_asked(tmp_path: Path, action: Action) -> None:
    with MessagesServer() as server:
        server.answer = lambda request: reply(says(asked_for(request), **ANSWERS[action]))
        text = rewritten(server, tmp_path, action)
        assert left(server) == []
    assert "REDACTED" not in text
    assert all(TEXT.count(each) == text.count(each) for each in SECRETS)


def test_a_secret_in_a_finding_that_goes_back_is_replaced(tmp_path: Path) -> None:
    with MessagesServer() as server:

        def answer(request: Request) -> Behaviour:
            key = asked_for(request)
            if key != "other":
                return reply(says(key))
            name = re.search(
                r'key == "(REDACTED_\d+_VALUE)"', request.body["messages"][0]["content"]
            )
            assert name
            types = [f'key: Literal["{name[1]}"]', "return: int"]
            return reply(says(key, types=types, imports=["from typing import Literal"]))

        server.answer = answer
        text = rewritten(server, tmp_path, Action.ADD_TYPE_HINTS)
        corrections = [each.question for each in server.requests if len(each.body["messages"]) > 1]
        assert any("REDACTED_" in each for each in corrections), corrections
        assert left(server) == []
    assert "REDACTED" not in text


@pytest.mark.parametrize(
    "words", ["As {0}.", "{0}", "The key {0}, or {0} again; not REDACTED_99_VALUE."]
)
def test_what_stands_in_a_secret_s_place_is_put_back(tmp_path: Path, words: str) -> None:
    with MessagesServer() as server:

        def answer(request: Request) -> Behaviour:
            found = re.search(r'key="(REDACTED_\d+_VALUE)"\):\n +#', request.question)
            said = words.format(found[1]) if found else ""
            return reply(says(asked_for(request), summary="Do it.", args=[f"key: {said}"]))

        server.answer = answer
        text = rewritten(server, tmp_path, Action.ADD_DOCSTRINGS)
        assert left(server) == []
    assert text.count(IN_DEFAULT) > TEXT.count(IN_DEFAULT)
    assert re.findall(r"REDACTED_\d+", text) == (["REDACTED_99"] if "99" in words else [])
