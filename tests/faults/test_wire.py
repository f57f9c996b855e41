"""After any input the server answers the next valid request, or exits cleanly.

It exits cleanly if none of its processes is left.
"""

from __future__ import annotations

import json
import os
import random
import re
import select
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import pytest

from tests.client import DEADLINE, Client, ResponseError, framed, shows, uri
from tests.conftest import RUFF_ONLY, SERVER, children, patched, write
from tests.faults.conftest import selected
from tests.faults.siege import MARK, pids_with_mark, wait_until
from tests.scale import LONG, SEED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import ClientFactory
    from tests.faults.conftest import Tally

pytestmark = pytest.mark.one_python

Item = dict[str, Any]

NO_MYPY = "[tool.python-expert.tools]\nmypy.enabled = false\n"
TEXT = "import subprocess\n"

LAUNCHER = f"""
import subprocess, sys
server = subprocess.Popen({SERVER!r}, stdin=0, stdout=1, stderr=2)
print("pid", server.pid, file=sys.stderr, flush=True)
server.wait()
"""
"""A parent whose pipes the server inherits, so that they stay open when the parent ends."""


@contextmanager
def no_process_left(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Environment variables for a server; no process with them may be left after the block."""
    mark = tmp_path.name
    yield {MARK: mark}
    wait_until(lambda: not pids_with_mark(mark), lambda: f"{pids_with_mark(mark)} live on")


@pytest.fixture
def at_work(client: ClientFactory, tmp_path: Path) -> Callable[..., Client]:
    """A function that starts an editor whose server checks an open document."""

    def start(argv: list[str] | None = None) -> Client:
        editor = client(argv, env={MARK: tmp_path.name})
        editor.initialize()
        document = editor.open(write(tmp_path / "p", {"pyproject.toml": NO_MYPY}) / "x.py", TEXT)
        editor.wait_diagnostics(document, shows("B404", "F401"))
        return editor

    return start


def still_works(editor: Client, folder: Path) -> None:
    """Check that the server still checks a document."""
    document = editor.open(write(folder, {"pyproject.toml": RUFF_ONLY}) / "still.py", "import os\n")
    editor.wait_diagnostics(document, shows("F401"))
    editor.close(document)


def request(number: Any, method: str = "no/such/method", **params: Any) -> bytes:  # noqa: ANN401
    """Return a request as bytes, with its header."""
    message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    return framed(json.dumps(message).encode())


# The editor disappears


def cut(editor: Client, data: bytes) -> None:
    """Send bytes, and close the connection."""
    editor.send_raw(data)
    editor.hang_up()


HALF_OF_100_MB = b"Content-Length: 100000000\r\n\r\n" + b" " * 50_000_000

DEATHS: dict[str, Callable[[Client], None]] = {
    "it closes its end": Client.hang_up,
    "half a header": lambda editor: cut(editor, b"Content-Le"),
    "half a message": lambda editor: cut(editor, request(9)[:-9]),
    "half of 100 MB": lambda editor: cut(editor, HALF_OF_100_MB),
    "it exits without a word": lambda editor: editor.notify("exit"),
    "the server is told to go": lambda editor: os.kill(editor.pid, signal.SIGTERM),
    "the server is killed": lambda editor: os.kill(editor.pid, signal.SIGKILL),
}


@pytest.mark.parametrize("death", selected(DEATHS, ["half a message", "it closes its end"], 2))
def test_no_process_is_left_when_the_editor_disappears(
    at_work: Callable[..., Client], tmp_path: Path, tally: Tally, death: str
) -> None:
    editor = at_work()
    assert len(children(editor.pid)) >= 2
    with tally.survives(f"editor: {death}"), no_process_left(tmp_path):
        editor.change(tmp_path / "p" / "x.py", 2, "import re\n" * 2000)
        DEATHS[death](editor)
        assert editor.wait_exit() in (1, -signal.SIGKILL)
    assert "Traceback" not in editor.stderr


def test_no_process_is_left_when_the_editor_is_killed(
    client: ClientFactory, tmp_path: Path, tally: Tally
) -> None:
    with tally.survives("editor: killed, its pipes live on"), no_process_left(tmp_path) as env:
        editor = client([sys.executable, "-c", LAUNCHER], env=env)
        stderr_line = editor.wait_stderr("pid ")
        params = {"processId": editor.pid, "capabilities": {}}
        editor.request("initialize", params)
        editor.notify("initialized", {})
        document = editor.open(write(tmp_path / "p", {"pyproject.toml": NO_MYPY}) / "x.py", TEXT)
        editor.wait_diagnostics(document, shows("B404", "F401"))
        server = int(stderr_line.split()[-1])
        assert children(server)
        os.kill(editor.pid, signal.SIGKILL)
        editor.process.wait(DEADLINE)


def test_no_process_is_left_when_an_editor_that_did_not_read_is_killed(
    tmp_path: Path, tally: Tally
) -> None:
    with tally.survives("editor: reads nothing, then dies"), no_process_left(tmp_path) as env:
        folder = write(tmp_path / "p", {"pyproject.toml": RUFF_ONLY})
        with subprocess.Popen(
            SERVER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **env},
        ) as serving:
            assert serving.stdin is not None
            assert serving.stdout is not None
            capabilities: Item = {}
            serving.stdin.write(request(1, "initialize", capabilities=capabilities, processId=None))
            notification: Item = {"jsonrpc": "2.0", "method": "initialized", "params": {}}
            serving.stdin.write(framed(json.dumps(notification).encode()))
            for number in range(2000):  # each response is longer than its request
                serving.stdin.write(request(number + 2, f"no/such/method/{'x' * 100}"))
            item = {
                "uri": uri(folder / "x.py"),
                "languageId": "python",
                "version": 1,
                "text": TEXT * 2000,
            }
            notification = {"jsonrpc": "2.0", "method": "textDocument/didOpen"}
            notification["params"] = {"textDocument": item}
            serving.stdin.write(framed(json.dumps(notification).encode()))
            serving.stdin.flush()
            assert serving.stdout.read(1) == b"C"
            serving.stdout.close()
            serving.stdin.close()
            serving.wait(DEADLINE)


IMPATIENT = patched("from python_expert.lsp import transport\ntransport.LAST_WORDS_S = 0.1")
"""A server that waits only briefly for a client that does not read."""

ENDINGS: dict[str, Callable[[Client], None]] = {
    "the server is told to go": lambda editor: os.kill(editor.pid, signal.SIGTERM),
    "the server is told to exit": lambda editor: editor.notify("exit"),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_process_is_left_if_the_editor_does_not_read(
    at_work: Callable[..., Client], tmp_path: Path, tally: Tally, ending: str
) -> None:
    editor = at_work(IMPATIENT)
    output = editor.process.stdout
    assert output is not None
    assert len(children(editor.pid)) >= 2
    with (
        tally.survives(f"editor: reads nothing, {ending}"),
        no_process_left(tmp_path),
        editor.not_reading(),
    ):
        for _ in range(3000):
            command = {"command": "pythonExpert.lastReport", "arguments": []}
            editor.send_request("workspace/executeCommand", command)
        wait_until(lambda: is_full(output), lambda: "the server has not said enough")
        ENDINGS[ending](editor)
        assert editor.wait_exit() == 1
    assert "Traceback" not in editor.stderr


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_process_is_left_if_the_log_is_not_read(
    at_work: Callable[..., Client], tmp_path: Path, tally: Tally, ending: str
) -> None:
    editor = at_work(IMPATIENT)
    log = editor.process.stderr
    assert log is not None
    with (
        tally.survives(f"editor: does not read the log, {ending}"),
        no_process_left(tmp_path),
        editor.not_reading(),
    ):
        for _ in range(3000):  # the log has an entry for each
            editor.send_request(f"no/such/method/{'x' * 100}")
        wait_until(lambda: is_full(log), lambda: "the server has not logged enough")
        ENDINGS[ending](editor)
        assert editor.wait_exit() == 1


def is_full(pipe: IO[bytes]) -> bool:
    """Return whether a pipe that we read from is full."""
    other_end = os.open(f"/proc/self/fd/{pipe.fileno()}", os.O_WRONLY)
    try:
        return not select.select([], [other_end], [], 0)[1]
    finally:
        os.close(other_end)


def test_an_editor_that_reads_late_gets_all_answers(
    client: ClientFactory, tmp_path: Path, tally: Tally
) -> None:
    editor = client()
    editor.initialize()
    with tally.survives("editor: reads late"):
        with editor.not_reading():
            asked = [editor.send_request("no/such/method") for _ in range(5000)]
        for number in asked:
            with pytest.raises(ResponseError):
                editor.result_of(number)
        still_works(editor, tmp_path)


# Framing

INVALID_HEADERS = {
    "a length too short": b'Content-Length: 30\r\n\r\n{"jsonrpc": "2.0", "id": 7, "method": "a/b"}',
    "a length much too short": b'Content-Length: 1\r\n\r\n{"jsonrpc": "2.0", "method": "a/b"}',
    "no length": b'Content-Type: x\r\n\r\n{"jsonrpc": "2.0", "method": "a/b"}',
    "a length of 0": b'Content-Length: 0\r\n\r\n{"jsonrpc": "2.0", "method": "a/b"}',
    "a negative length": b'Content-Length: -5\r\n\r\n{"jsonrpc": "2.0", "method": "a/b"}',
    "a length in words": b'Content-Length: many\r\n\r\n{"jsonrpc": "2.0", "method": "a/b"}',
    "two lengths": b"Content-Length: 900\r\nContent-Length: 2\r\n\r\n{}",
    "only line feeds": b"Content-Length: 2\n\n{}",
    "other cases and more headers": b"content-LENGTH:2\r\nX-Y: z\r\n\r\n{}",
    "blank lines between": b"\r\n\r\n\r\n",
    "a screen full of noise": b"\x00\xff\xfe noise " * 500 + b"\r\n",
    "noise without an end": b"\x00\xff\xfe noise " * 500,
}


@pytest.mark.parametrize("header", INVALID_HEADERS)
def test_the_next_valid_request_is_answered_after_an_invalid_header(
    editor: Client, tmp_path: Path, tally: Tally, header: str
) -> None:
    with tally.survives(f"header: {header}"):
        editor.send_raw(INVALID_HEADERS[header])
        still_works(editor, tmp_path)
    editor.take_faults()
    tally.right(f"header: {header}")


FATAL_HEADERS = {
    "a length beyond all measure": b"Content-Length: 99999999999999\r\n\r\n{}",
    "a length of 5,000 digits": b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n{}",
    "a length too long, then the end": b"Content-Length: 999\r\n\r\n{}",
}


@pytest.mark.parametrize("header", FATAL_HEADERS)
def test_the_server_exits_after_an_invalid_header(
    at_work: Callable[..., Client], tmp_path: Path, tally: Tally, header: str
) -> None:
    editor = at_work()
    with tally.survives(f"header: {header}"), no_process_left(tmp_path):
        editor.send_raw(FATAL_HEADERS[header])
        if "the end" in header:
            editor.hang_up()
        assert editor.wait_exit() == 1
    assert "Traceback" not in editor.stderr


# Bodies

BODIES = {
    "invalid UTF-8": b'{"jsonrpc": "2.0", "id": 1, "method": "\xff\xfe\x80"}',
    "invalid UTF-8 in a name": b'{"\xc3": 1}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "half of JSON": b'{"jsonrpc": "2.0", "id": 1,',
    "JSON of two": b"{}{}",
    "100,000 brackets": b"[" * 100_000,
    "100,000 objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a number of 10,000 digits": b'{"jsonrpc": "2.0", "id": %b, "method": "a/b"}' % (b"9" * 10_000),
    "not a number": b'{"jsonrpc": "2.0", "id": NaN, "method": "a/b"}',
    "nothing but blanks": b" " * 1000,
    "zero bytes": b"\x00" * 1000,
}


@pytest.mark.parametrize("body", BODIES)
def test_an_invalid_body_is_answered_and_the_next_is_handled(
    editor: Client, tmp_path: Path, tally: Tally, body: str
) -> None:
    editor.take_faults()
    with tally.survives(f"body: {body}"):
        editor.send_body(BODIES[body])
        still_works(editor, tmp_path)
    (answer,) = editor.take_faults()
    assert re.search(r"'code': -32[67]0", answer), answer


@pytest.mark.parametrize("where", ["a notification", "a request", "a document", "a change"])
def test_a_message_of_100_mib_does_no_harm(
    client: ClientFactory, tmp_path: Path, tally: Tally, where: str
) -> None:
    size = 100 if LONG or where in ("a notification", "a request") else 4
    much = "# " + "é" * size * 1024 * 512 + "\n"
    folder = write(tmp_path / "p", {"pyproject.toml": NO_MYPY if LONG else RUFF_ONLY})
    editor = client(env={MARK: tmp_path.name})
    editor.initialize()
    document = editor.open(folder / "x.py", TEXT)
    editor.wait_diagnostics(document, bool)
    with tally.survives(f"a message of {size} MiB as {where}"):
        match where:
            case "a notification":
                editor.notify("no/such/method", {"much": much})
            case "a request":
                with pytest.raises(ResponseError):
                    editor.request("textDocument/hover", {"much": much})
            case "a document":
                editor.open(folder / "much.py", much + TEXT)
                editor.wait_diagnostics(folder / "much.py", bool)
            case _:
                editor.change(document, 2, much + TEXT)
                editor.wait_diagnostics(document, bool, version=2)
                editor.change(document, 3, "import re\n")
                editor.wait_diagnostics(document, shows("F401"), version=3)
        still_works(editor, tmp_path)


# Messages

ODD_IDS = [None, "", "é" * 1000, 0, -1, 1.5, True, 1 << 70, [], {}, [1], {"a": 1}]


@pytest.mark.parametrize("number", ODD_IDS, ids=lambda number: repr(number)[:12])
def test_a_request_with_an_odd_id_does_no_harm(
    editor: Client, tmp_path: Path, tally: Tally, number: object
) -> None:
    with tally.survives("an odd id", 3):
        for method in ("no/such/method", "shutdownn", "textDocument/hover"):
            editor.send_raw(request(number, method))
        notification = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": number}}
        editor.send_body(json.dumps(notification).encode())
        editor.send_body(json.dumps({"jsonrpc": "2.0", "id": number, "result": 1}).encode())
        editor.send_body(json.dumps({"jsonrpc": "2.0", "id": number, "error": 1}).encode())
        still_works(editor, tmp_path)
    editor.take_faults()


def test_requests_with_one_id_are_each_answered(
    editor: Client, tmp_path: Path, tally: Tally
) -> None:
    document = editor.open(write(tmp_path, {"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n")
    params = {"textDocument": {"uri": document}, "options": {"tabSize": 4, "insertSpaces": True}}
    editor.take_faults()
    with tally.survives("one id for all requests", 20):
        for _ in range(20):
            editor.send_raw(request("same", "textDocument/formatting", **params))
        still_works(editor, tmp_path / "other")
        editor.wait(lambda: len(editor.faults) == 20, "20 answers")
    assert all("'same'" in answer for answer in editor.take_faults())


def test_10_000_cancels_do_no_harm(editor: Client, tmp_path: Path, tally: Tally) -> None:
    document = editor.open(write(tmp_path, {"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n")
    params = {"textDocument": {"uri": document}, "options": {"tabSize": 4, "insertSpaces": True}}
    with tally.survives("a cancelled request", 10_000):
        asked = [editor.send_request("textDocument/formatting", params) for _ in range(200)]
        for number in range(10_000):
            editor.cancel(asked[number % 300] if number % 300 < 200 else number)
        for number in asked:
            try:
                editor.result_of(number)
            except ResponseError as error:
                assert error.code == -32800  # noqa: PT017 - it may also respond
        still_works(editor, tmp_path / "other")


JUNK: list[object] = [
    None, True, -1, 0, 1.5, 1 << 40, "", "x", "\x00", "file:///\x00", "file:///x.py", [], {}, [[]],
    {"a": None}, [None], {"line": -1, "character": -1}, {"line": 1 << 33, "character": 1 << 33},
]  # fmt: skip


def good_messages(document: str) -> list[tuple[str, Item, bool]]:
    """Return an editor's messages: method, params, and whether it is a request."""
    item = {"uri": document}
    where = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 3}}
    opened = {**item, "languageId": "python", "version": 1, "text": "import os\n"}
    changes = [{"range": where, "text": "import"}, {"text": "import re\n"}]
    action = {"action": "add-docstrings", "uri": document, "version": 1, "range": where}
    folder = {"uri": document.rpartition("/")[0], "name": "a"}
    found = {"range": where, "message": "x", "source": "Ruff", "code": "F401", "severity": 1}
    asked: Item = {"textDocument": item, "position": where["start"], "range": where}
    asked["options"] = {"tabSize": 4, "insertSpaces": True}
    context = {"diagnostics": [found], "only": ["quickfix", "refactor"], "triggerKind": 1}
    settings = {"pythonExpert": {"tools": {"ruff": {"args": ["--select", "F"]}}}}
    events = {"added": [folder], "removed": [folder]}
    command = {"command": "pythonExpert.showPayload", "arguments": [action]}
    change = {"textDocument": {**item, "version": 2}, "contentChanges": changes}
    resolve = {"title": "x", "kind": "source.fixAll.pythonExpert", "data": {"uri": document}}
    return [
        ("textDocument/didOpen", {"textDocument": opened}, False),
        ("textDocument/didChange", change, False),
        ("textDocument/didSave", {"textDocument": item, "text": "x"}, False),
        ("textDocument/didClose", {"textDocument": item}, False),
        ("workspace/didChangeConfiguration", {"settings": settings}, False),
        ("workspace/didChangeWatchedFiles", {"changes": [{"uri": document, "type": 2}]}, False),
        ("workspace/didChangeWorkspaceFolders", {"event": events}, False),
        ("$/cancelRequest", {"id": 5}, False),
        ("$/setTrace", {"value": "off"}, False),
        ("window/workDoneProgress/cancel", {"token": "x"}, False),
        ("textDocument/hover", asked, True),
        ("textDocument/formatting", asked, True),
        ("textDocument/rangeFormatting", asked, True),
        ("textDocument/codeAction", {**asked, "context": context}, True),
        ("codeAction/resolve", resolve, True),
        ("workspace/executeCommand", command, True),
        ("workspace/executeCommand", {"command": "pythonExpert.models", "arguments": [{}]}, True),
        ("initialize", {"capabilities": {}, "processId": 5}, True),
    ]  # fmt: skip


def with_error(value: Any, chance: random.Random) -> Any:  # noqa: ANN401 - JSON is untyped
    """Return a JSON value with one random error in it."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(sorted(value))
        if chance.random() < 0.15:
            return {name: each for name, each in value.items() if name != key}
        return {**value, key: with_error(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.85:
        where = chance.randrange(len(value))
        return [*value[:where], with_error(value[where], chance), *value[where + 1 :]]
    return chance.choice(JUNK)


def test_invalid_messages_do_no_harm(client: ClientFactory, tmp_path: Path, tally: Tally) -> None:
    chance = random.Random(SEED)  # noqa: S311 - not used for secrets
    count = 6000 if LONG else 300
    folder = write(tmp_path / "p", {"pyproject.toml": RUFF_ONLY})
    editor = client()
    editor.initialize([folder])
    document = editor.open(folder / "x.py", "import os\n")
    editor.wait_diagnostics(document, shows("F401"))
    messages = good_messages(document)
    with tally.survives("a message with something wrong", count):
        asked = []
        for _ in range(count):
            method, params, is_request = chance.choice(messages)
            wrong = with_error(params, chance)
            if is_request:
                asked.append(editor.send_request(method, wrong))
            else:
                editor.notify(method, wrong)
        for number in asked:
            try:
                editor.result_of(number)
            except ResponseError as error:
                assert error.code in (-32600, -32601, -32602, -32603, -32800, -32801)  # noqa: PT017
        still_works(editor, tmp_path / "still")
    assert editor.take_faults() == []


def test_messages_before_initialize_or_after_shutdown_have_no_effect(
    client: ClientFactory, tmp_path: Path, tally: Tally
) -> None:
    folder = write(tmp_path / "p", {"pyproject.toml": RUFF_ONLY})
    messages = good_messages(uri(folder / "x.py"))[:-1]
    editor = client(env={MARK: tmp_path.name})
    with tally.survives("a message before initialize", len(messages)):
        check_all_refused(editor, messages, -32002)
        editor.initialize()
        still_works(editor, tmp_path)
    with tally.survives("a message after shutdown", len(messages)), no_process_left(tmp_path):
        editor.request("shutdown")
        check_all_refused(editor, messages, -32600)
        editor.notify("exit")
        assert editor.wait_exit() == 0


def check_all_refused(editor: Client, messages: list[tuple[str, Item, bool]], code: int) -> None:
    """Check that each request gets the error code, and no message has an effect."""
    asked = []
    for method, params, is_request in messages:
        if is_request:
            asked.append(editor.send_request(method, params))
        else:
            editor.notify(method, params)
    for number in asked:
        with pytest.raises(ResponseError) as caught:
            editor.result_of(number)
        assert caught.value.code == code


# TCP


def test_a_second_editor_on_a_tcp_port_does_not_disturb_the_first(
    tmp_path: Path, tally: Tally
) -> None:
    command = [*SERVER, "--tcp", "--port", "0"]
    with (
        tally.survives("a second editor on a TCP port"),
        no_process_left(tmp_path) as env,
        subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env={**os.environ, **env}
        ) as serving,
    ):
        assert serving.stderr is not None
        host, port = serving.stderr.readline().split()[-1].split(":")
        address = (host, int(port))
        with (
            socket.create_connection(address, timeout=DEADLINE) as first,
            first.makefile("rwb") as stream,
        ):
            stream.write(request(1, "initialize", capabilities={}, processId=None))
            stream.flush()
            assert stream.readline().startswith(b"Content-Length")
            check_connection_refused(address)
            stream.write(request(2, "shutdown"))
            stream.write(framed(b'{"jsonrpc": "2.0", "method": "exit"}'))
            stream.flush()
            assert b'"id":2' in stream.read()
        assert serving.wait(DEADLINE) == 0


def check_connection_refused(address: tuple[str, int]) -> None:
    """Check that the server refuses a connection, or closes it without a response."""
    try:
        with socket.create_connection(address, timeout=DEADLINE) as second:
            second.sendall(request(1, "initialize", capabilities={}, processId=None))
            assert second.recv(1) == b""
    except ConnectionError:
        return
