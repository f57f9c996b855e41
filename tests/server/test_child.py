"""Child processes: what callers get if one dies, hangs, sends too much or cannot be started."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from python_expert.processes.child import Child
from python_expert.processes.command import Command, ToolCrashError, ToolError, run

if TYPE_CHECKING:
    from python_expert.processes.jsonrpc import JsonRpc

pytestmark = pytest.mark.one_python

ECHO = """
import json, sys
count = 0
while line := sys.stdin.buffer.readline():
    length = int(line.split(b":")[1])
    sys.stdin.buffer.readline()
    message = json.loads(sys.stdin.buffer.read(length))
    {act}
    if "id" in message:
        body = json.dumps({{"id": message["id"], "result": message["params"]}}).encode()
        sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n%b" % (len(body), body))
        sys.stdout.buffer.flush()
"""


def _child(act: str = "pass", deadline_s: float = 30.0) -> Child:
    async def handshake(_rpc: JsonRpc) -> None:
        pass

    argv = (sys.executable, "-c", ECHO.format(act=act))
    return Child("echo", Command(argv, Path.cwd()), handshake, deadline_s=deadline_s)


def test_a_child_answers_and_ends_when_it_is_stopped() -> None:
    async def scenario() -> None:
        child = _child()
        assert await child.request("echo", {"é": "😀"}) == {"é": "😀"}
        await child.stop()
        with pytest.raises(ToolCrashError, match="it was stopped"):
            await child.request("echo", 1)

    asyncio.run(scenario())


def test_a_large_answer_arrives_completely() -> None:
    async def scenario() -> None:
        child = _child()
        text = "x" * 3_000_000
        assert await child.request("echo", text) == text
        await child.stop()

    asyncio.run(scenario())


def test_a_dead_child_is_reported_with_its_output_and_restarted() -> None:
    act = 'message["method"] == "die" and (sys.stderr.write("no luck"), sys.exit(3))'

    async def scenario() -> None:
        child = _child(act)
        with pytest.raises(ToolCrashError, match="no luck"):
            await child.request("die", None)
        assert await child.request("echo", 2) == 2
        assert child.generation == 2
        await child.stop()

    asyncio.run(scenario())


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_a_child_that_the_system_killed_is_reported_as_such() -> None:
    async def scenario() -> None:
        child = _child('__import__("os").kill(__import__("os").getpid(), 9)')
        with pytest.raises(ToolCrashError, match=r"ended by SIGKILL \(.*memory runs out\)"):
            await child.request("die", None)
        await child.stop()

    asyncio.run(scenario())


def test_a_child_that_hangs_is_killed() -> None:
    act = 'message["method"] == "hang" and __import__("time").sleep(1000)'

    async def scenario() -> None:
        child = _child(act, deadline_s=2.0)
        pid = await child.request("echo", 0) or await _pid(child)
        with pytest.raises(ToolCrashError, match="did not answer within 2 s"):
            await child.request("hang", None)
        assert await child.request("echo", 2) == 2
        await child.stop()
        _wait_dead(pid)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "babble", ["hello world\\n", "Content-Length: x\\r\\n\\r\\n", "\\x00" * 5000]
)
def test_a_child_that_prints_too_much_is_killed_and_its_output_is_quoted(babble: str) -> None:
    act = (
        'message["method"] == "babble" and '
        f"(sys.stdout.write('{babble}'), sys.stdout.flush(), sys.stdin.read())"
    )

    async def scenario() -> None:
        child = _child(act)
        with pytest.raises(ToolCrashError, match="it sent no message but"):
            await child.request("babble", None)
        await child.stop()

    asyncio.run(scenario())


def test_a_program_that_does_not_exist_is_named() -> None:
    async def scenario() -> None:
        async def handshake(_rpc: JsonRpc) -> None:
            pass

        child = Child("none", Command(("/no/such",), Path.cwd()), handshake, deadline_s=5)
        with pytest.raises(ToolError, match=r"cannot start /no/such: No such file"):
            await child.request("x", None)

    asyncio.run(scenario())


def test_a_cancelled_request_is_also_cancelled_in_the_child() -> None:
    act = """
    if message["method"] == "$/cancelRequest": count += 1
    if message["method"] == "wait": continue
    if message["method"] == "count": message["params"] = count
"""

    async def scenario() -> None:
        child = _child(act)
        await child.request("echo", 0)
        waiting = asyncio.create_task(child.request("wait", None))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert await child.request("count", None) == 1
        await child.stop()

    asyncio.run(scenario())


def test_a_run_that_does_not_end_is_killed_with_its_children(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    code = (
        "import subprocess, sys, time, pathlib;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)']);"
        f"pathlib.Path({str(pid_file)!r}).write_text(str(child.pid)); time.sleep(1000)"
    )

    async def scenario() -> None:
        with pytest.raises(ToolCrashError, match="did not end within 3 s"):
            await run(Command((sys.executable, "-c", code), tmp_path), deadline_s=3)

    asyncio.run(scenario())
    _wait_dead(int(pid_file.read_text()))


async def _pid(child: Child) -> int:
    rpc = await child.start()
    assert not rpc.ended
    assert child._pipes is not None
    assert child._pipes._transport is not None
    return child._pipes._transport.get_pid()


def _wait_dead(pid: int) -> None:
    """Wait until a killed process has ended; a busy machine may be slow."""
    end = time.monotonic() + 10
    while _alive(pid):
        assert time.monotonic() < end, f"process {pid} still runs"


def _alive(pid: int) -> bool:
    """Return whether a process runs; an ended one that was not waited for does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
