"""The loopback endpoint as a program, used like in a test in another language."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.llm.anthropic.endpoint import Endpoint
from python_expert.llm.anthropic.faults import EndpointError
from tests.client import DEADLINE
from tests.messages import KEY, MODEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.client import Json

pytestmark = pytest.mark.one_python

QUESTION = {"role": "user", "content": "Function: `greet`\n\ndef greet(name): ..."}
BODY = {"model": MODEL, "max_tokens": 100, "messages": [QUESTION]}


class Driver:
    """A client of the program's line protocol."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.greeting = self.read_line()

    def read_line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        message: dict[str, Any] = json.loads(self._process.stdout.readline())
        return message

    def send_line(self, line: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        print(line, file=self._process.stdin, flush=True)
        return self.read_line()

    def do(self, **command: Json) -> dict[str, Any]:
        return self.send_line(json.dumps(command))

    def ask(self, timeout_s: float = 20.0) -> str:
        """Return the endpoint's answer to a question."""

        async def scenario() -> str:
            endpoint = Endpoint(self.greeting["url"], timeout_s, 0)
            try:
                return (await endpoint.ask(BODY)).text
            finally:
                await endpoint.stop()

        return asyncio.run(scenario())


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Driver]:
    argv = [sys.executable, "-m", "tests.messages_main"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        argv, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        driver = Driver(process)
        assert driver.greeting["key"] == KEY
        monkeypatch.setenv("ANTHROPIC_API_KEY", driver.greeting["key"])
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield driver
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(DEADLINE) == 0


def test_the_endpoint_gives_the_configured_answers(driver: Driver) -> None:
    assert driver.do(do="answers", answers={"greet": {"summary": "Greet."}}) == {"ok": True}
    assert json.loads(driver.ask()) == {"function": "greet", "summary": "Greet."}
    assert driver.do(do="wait_requests", count=1) == {"ok": True}
    assert driver.do(do="requests") == {"count": 1, "definitions": ["greet"]}


def test_a_scripted_error_is_repeated_the_given_number_of_times(driver: Driver) -> None:
    script = {"behaviour": "error", "status": 529, "kind": "overloaded_error", "message": "Full"}
    assert driver.do(do="script", times=2, **script) == {"ok": True}
    for _ in range(2):
        with pytest.raises(EndpointError, match="Full"):
            driver.ask()
    assert driver.ask() == "{}"


def test_a_client_that_disconnects_is_detected(driver: Driver) -> None:
    driver.ask()  # imports the SDK before time is measured
    assert driver.do(do="script", behaviour="hang") == {"ok": True}
    with pytest.raises(EndpointError, match="no complete answer"):
        driver.ask(timeout_s=1.0)
    assert driver.do(do="wait_closed") == {"ok": True}


def test_the_endpoint_lists_the_configured_models(driver: Driver) -> None:
    assert driver.do(do="models", models={"a": "A"}) == {"ok": True}

    async def scenario() -> list[str]:
        endpoint = Endpoint(driver.greeting["url"], 20.0, 0)
        try:
            return [each.id for each in await endpoint.models()]
        finally:
            await endpoint.stop()

    assert asyncio.run(scenario()) == ["a"]
    assert driver.do(do="requests") == {"count": 1, "definitions": []}


@pytest.mark.parametrize("line", ["", "[]", "{", '{"do": "dance"}', '{"do": "wait_requests"}'])
def test_an_invalid_line_is_reported_and_the_next_one_works(driver: Driver, line: str) -> None:
    assert "error" in driver.send_line(line)
    assert driver.do(do="requests") == {"count": 0, "definitions": []}
