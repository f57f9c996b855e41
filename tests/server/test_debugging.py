"""The launch configuration of the lens *Debug* stops at a breakpoint in the real debugger."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest

from python_expert.tools.pytest.launch import PytestLaunch
from tests.client import DEADLINE, framed, read_body
from tests.conftest import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import ClientFactory, ProjectFactory

FILES = {
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-n 2'\npythonpath = 'src'\n",
    "src/shop.py": "def total(prices):\n    return sum(prices)\n",
    "tests/test_shop.py": "import shop\n\n\ndef test_total():\n    shop.total([1, 2])\n",
}


class Debugger:
    """A client of debugpy's adapter, like an editor; see the Debug Adapter Protocol.

    Args:
        sink: The adapter's standard input.
        source: Its standard output.
    """

    def __init__(self, sink: IO[bytes], source: IO[bytes]) -> None:
        self._sink = sink
        self._source = source
        self._numbers = itertools.count(1)
        self._events: list[dict[str, Any]] = []
        self._answers: dict[int, dict[str, Any]] = {}

    def send(self, command: str, **arguments: object) -> int:
        """Send a request; returns its number."""
        number = next(self._numbers)
        request = {"seq": number, "type": "request", "command": command, "arguments": arguments}
        self._sink.write(framed(json.dumps(request).encode()))
        self._sink.flush()
        return number

    def ask(self, command: str, **arguments: object) -> dict[str, Any]:
        """Send a request; returns the body of its answer."""
        number = self.send(command, **arguments)
        while number not in self._answers:
            self._read()
        answer = self._answers[number]
        assert answer["success"], answer
        return dict(answer.get("body", {}))

    def wait(self, event: str) -> dict[str, Any]:
        """Wait for an event; returns its body."""
        while True:
            for each in self._events:
                if each["event"] == event:
                    self._events.remove(each)
                    return dict(each.get("body", {}))
            self._read()

    def _read(self) -> None:
        body = read_body(self._source)
        assert body is not None, "the debugger has ended"
        message = json.loads(body)
        if message["type"] == "event":
            self._events.append(message)
        elif message["type"] == "response":
            self._answers[message["request_seq"]] = message


@contextmanager
def debugger() -> Iterator[Debugger]:
    """A client of a running debugpy adapter."""
    argv = [sys.executable, "-m", "debugpy.adapter"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as adapter:
        assert adapter.stdin
        assert adapter.stdout
        watch = threading.Timer(DEADLINE, adapter.kill)
        watch.start()
        try:
            yield Debugger(adapter.stdin, adapter.stdout)
        finally:
            watch.cancel()
            adapter.kill()


def launch_of(client: ClientFactory, folder: Path) -> dict[str, Any]:
    """Return the launch configuration of the first test's lens."""
    editor, tests = client(), folder / "tests/test_shop.py"
    editor.initialize([folder], capabilities={"experimental": {"pythonExpertDebugTests": True}})
    editor.open(tests, tests.read_text())
    params = {"textDocument": {"uri": tests.as_uri()}}
    commands = [each["command"] for each in editor.request("textDocument/codeLens", params)]
    (debug,) = [each for each in commands if each["title"] == "Debug"]
    (argument,) = debug["arguments"]
    assert (argument["uri"], argument["test"]) == (tests.as_uri(), "test_total")
    return dict(argument["launch"])


@pytest.mark.one_python
def test_a_test_stops_at_a_breakpoint_under_the_debugger(
    client: ClientFactory, project: ProjectFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    folder = project(FILES)
    code = folder / "src/shop.py"
    launch = launch_of(client, folder)
    assert Path(launch["python"]).parent == Path(sys.executable).parent
    assert {name: each for name, each in launch.items() if name != "python"} == {
        "cwd": str(folder),
        "module": "pytest",
        "args": ["-n0", f"{folder}/tests/test_shop.py::test_total"],
    }
    with debugger() as session:
        session.ask("initialize", adapterID="debugpy", pathFormat="path")
        session.send("launch", console="internalConsole", **launch)
        session.wait("initialized")
        session.ask("setBreakpoints", source={"path": str(code)}, breakpoints=[{"line": 2}])
        session.ask("configurationDone")
        stopped = session.wait("stopped")
        assert stopped["reason"] == "breakpoint"
        (top, *_) = session.ask("stackTrace", threadId=stopped["threadId"])["stackFrames"]
        assert (top["name"], top["line"], top["source"]["path"]) == ("total", 2, str(code))
        expression_text = "__import__('os').getcwd(), __import__('sys').prefix, prices"
        result = session.ask(
            "evaluate", expression=expression_text, frameId=top["id"], context="repl"
        )
        assert result["result"] == repr((str(folder), sys.prefix, [1, 2]))
        session.ask("continue", threadId=stopped["threadId"])
        assert session.wait("exited")["exitCode"] == 0


@pytest.mark.parametrize(
    ("installed", "args"),
    [((), ()), (("xdist",), ("-n0",)), (("pytest_cov", "xdist"), ("-n0", "--no-cov"))],
    ids=["no plugin", "xdist", "pytest-cov too"],
)
def test_plugins_that_prevent_a_debugger_from_stopping_are_off(
    tmp_path: Path, installed: tuple[str, ...], args: tuple[str, ...]
) -> None:
    packages = {f"lib/python3.11/site-packages/{each}/__init__.py": "" for each in installed}
    write(tmp_path, {"pyvenv.cfg": "", "bin/python": "", **packages})
    found = PytestLaunch(tmp_path / "bin/python", tmp_path, ("-x",)).for_debugger()
    assert found.args == (*args, "-x")
