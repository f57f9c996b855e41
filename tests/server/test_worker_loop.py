"""The loop that all worker processes share, and how a worker runs in a project's interpreter."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.processes import wire
from python_expert.processes.child import Child
from python_expert.processes.command import Command, worker_command
from python_expert.processes.jsonrpc import RpcError
from tests.conftest import write

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from python_expert.processes.jsonrpc import JsonRpc

pytestmark = pytest.mark.one_python

WORKER = """
import sys
from python_expert.processes import wire

connection = wire.Connection()
heard = []

def note(word):
    heard.append(word)

def told():
    return heard

def add(a, b):
    print("this goes to standard error")
    assert sys.stdin.read() == ""
    return a + b

def refuse(**fields):
    raise wire.RequestError(" no ", **fields)

def fail():
    raise SystemExit("out")

def explain(error):
    return wire.RequestError(repr(error), code=-7)

handlers = {"note": note, "told": told, "add": add, "refuse": refuse, "fail": fail}
pauses = [(0.0, lambda: note("first pause")), (0.0, lambda: note("second pause"))]
wire.serve(connection, handlers, explain, pauses=pauses, after=lambda: note("after"))
"""


def with_worker(talk: Callable[[Child], Awaitable[None]]) -> None:
    """Run a coroutine with a worker that uses the shared loop."""

    async def scenario() -> None:
        command = Command((sys.executable, "-c", WORKER), Path.cwd())
        child = Child("worker", command, deadline_s=60.0)
        try:
            await talk(child)
        finally:
            await child.stop()

    asyncio.run(scenario())


def test_parameters_are_keyword_arguments_and_print_is_harmless() -> None:
    async def talk(child: Child) -> None:
        assert await child.request("add", {"a": "é", "b": "😀"}) == "é😀"

    with_worker(talk)


def test_a_handler_s_error_is_returned_and_the_next_request_works() -> None:
    async def talk(child: Child) -> None:
        errors: list[tuple[int, str, Any]] = []
        for method, params in (
            ("refuse", {"code": 3, "kind": "config"}),
            ("refuse", {}),
            ("fail", {}),
            ("add", {"a": 1}),
            ("unknown", {}),
        ):
            with pytest.raises(RpcError) as raised:
                await child.request(method, params)
            errors.append(
                (raised.value.code, str(raised.value).partition("(")[0], raised.value.data)
            )
        assert errors == [
            (3, "no", {"kind": "config"}),
            (wire.REQUEST_FAILED, "no", None),
            (-7, "SystemExit", None),
            (-7, "TypeError", None),
            (wire.METHOD_NOT_FOUND, "there is no method 'unknown'", None),
        ]
        assert await child.request("add", {"a": 1, "b": 2}) == 3

    with_worker(talk)


def test_an_error_can_end_the_process_after_its_answer() -> None:
    request = wire.frame(b'{"id": 1, "method": "refuse", "params": {"exit_status": 70}}')
    argv = [sys.executable, "-c", WORKER]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdin
        assert worker.stdout
        worker.stdin.write(request)
        worker.stdin.flush()
        assert b'"message": "no"' in worker.stdout.read()
        assert worker.wait() == 70


def test_unknown_notifications_are_ignored_and_idle_work_is_in_order() -> None:
    async def talk(child: Child) -> None:
        await child.start()
        child.notify("unknown", {"x": 1})
        child.notify("note", {"word": "noted"})
        calls = await child.request("told", {})
        assert [word for word in calls if "pause" not in word] == ["noted", "after"]
        pauses = [word for word in await child.request("told", {}) if "pause" in word]
        assert pauses[::2] == ["first pause"] * len(pauses[::2])
        assert pauses[1::2] == ["second pause"] * len(pauses[1::2])

    with_worker(talk)


def test_a_worker_ends_with_its_input() -> None:
    argv = [sys.executable, "-c", WORKER]
    assert subprocess.run(argv, input=b"Content-Length: 2\r\n\r\n{}", check=False).returncode == 0


def test_only_complete_messages_are_received() -> None:
    source = io.BytesIO(b"x\r\n\r\n" + wire.frame(b"{}") + b"content-length: 2\n\n[]" + b"{}")
    assert [wire.receive(source) for _ in range(3)] == [b"{}", b"[]", None]
    assert wire.receive(io.BytesIO(b"Content-Length: 9\r\n\r\n{}")) is None
    with pytest.raises(ValueError, match="a message of 99999999999 bytes"):
        wire.receive(io.BytesIO(b"Content-Length: 99999999999\r\n\r\n{}"))


NOSY = """
import importlib.util

OURS = "wire", "run_worker", "child", "processes", "tools", "bandit", "bandit_worker", "mypy_worker"
raise ImportError([name for name in OURS if importlib.util.find_spec(name)])
"""


def test_a_tool_in_a_projects_interpreter_cannot_import_our_modules(tmp_path: Path) -> None:
    write(tmp_path, {"bandit.py": NOSY})

    async def handshake(rpc: JsonRpc) -> None:
        with pytest.raises(RpcError, match=r": \['bandit'\]$"):
            await rpc.request("start", {"config": None, "args": []})

    async def scenario() -> None:
        argv = worker_command(
            Path(sys.executable), "python_expert.tools.bandit.bandit_worker.serve"
        )
        command = Command(argv, tmp_path, {"PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": None})
        child = Child("bandit", command, handshake, deadline_s=60.0)
        await child.start()
        await child.stop()

    asyncio.run(scenario())
