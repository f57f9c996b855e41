"""Failing tools, unusual files, invalid messages: the server continues."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import signal
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.processes import child
from python_expert.processes.child import Child
from python_expert.processes.command import Command, ToolCrashError, ToolError, run
from tests.client import Client, ResponseError, codes, shows, uri
from tests.conftest import RUFF_ONLY, patched, wait_gone, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from python_expert.processes.jsonrpc import JsonRpc
    from tests.conftest import ClientFactory, ProgramFactory, ProjectFactory

pytestmark = pytest.mark.one_python

Item = dict[str, Any]

RUFF = Path(sysconfig.get_path("scripts"), "ruff")
NO_MYPY = "[tool.python-expert.tools]\nmypy.enabled = false\n"
TEXT = "import subprocess\n"
"""Ruff and bandit have one finding each."""

TYPED = TEXT + "\nx: int = ''\n"
EVERYTHING = ["B404", "F401", "assignment"]

IMPATIENT = patched(
    "from python_expert.processes import child\n"
    "child.FIRST_BACK_OFF_S = child.LONGEST_BACK_OFF_S = 0.01\n"
    "from python_expert.tools.ruff import invocation\n"
    "invocation.DEADLINE_S = 0.5"
)
"""A server with short timeouts for ruff, and short pauses after its crashes."""


def ruff_is(path: Path) -> Item:
    return {"tools": {"ruff": {"path": str(path)}}}


def only_message(editor: Client) -> str:
    """Return the only message that the user has seen."""
    (message,) = editor.wait(lambda: editor.messages, "a message")
    text: str = message["message"]
    return text


def contains(words: str) -> Callable[[object], bool]:
    return lambda items: words in str(items)


def still_works(editor: Client, folder: Path) -> None:
    """Assert that documents are still checked; all earlier messages have been handled then."""
    document = editor.open(write(folder, {"pyproject.toml": RUFF_ONLY}) / "still.py", "import os\n")
    editor.wait_diagnostics(document, shows("F401"))


# Tools


@pytest.mark.parametrize("tool", ["ruff", "mypy", "bandit"])
def test_a_missing_tool_is_reported_and_the_bundled_one_is_used(
    client: ClientFactory, project: ProjectFactory, tool: str
) -> None:
    editor = client()
    missing = project() / "nowhere" / tool
    editor.initialize(options={"tools": {tool: {"path": str(missing)}}})
    settings, expected = ("", EVERYTHING) if tool == "mypy" else (NO_MYPY, ["B404", "F401"])
    document = editor.open(project({"pyproject.toml": settings}) / "x.py", TYPED)
    editor.wait_diagnostics(document, shows(*expected))
    text = only_message(editor)
    assert str(missing) in text
    assert f"'tools.{tool}.path'" in text
    assert "bundled" in text


def test_a_missing_interpreter_is_reported(client: ClientFactory, project: ProjectFactory) -> None:
    editor = client()
    editor.initialize(options={"interpreter": "nowhere/python"})
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n")
    editor.wait_diagnostics(document, bool)
    assert "nowhere/python" in only_message(editor)
    assert "'interpreter'" in only_message(editor)


def test_a_ruff_too_old_for_the_server_is_reported_once(
    client: ClientFactory, project: ProjectFactory, program: ProgramFactory
) -> None:
    old = program(
        "sys.stderr.write(f\"{os.getpid()}: unrecognized subcommand 'server'\\n\")\nsys.exit(2)",
        "ruff",
    )
    editor = client(IMPATIENT)
    editor.initialize(options=ruff_is(old))
    document = editor.open(project({"pyproject.toml": NO_MYPY}) / "x.py", TEXT)
    editor.wait_diagnostics(document, shows("B404"))
    assert "ruff" in only_message(editor)
    assert "unrecognized subcommand" in only_message(editor)
    for version in range(2, 5):
        editor.change(document, version, [((0, 0), (0, 0), "\n")])
        editor.wait_diagnostics(document, shows("B404"), version)
    only_message(editor)


def test_a_crashing_tool_is_reported_once_and_used_when_fixed(
    client: ClientFactory, project: ProjectFactory, program: ProgramFactory
) -> None:
    ruff = program("sys.exit(70)", "ruff")
    editor = client()
    editor.initialize(options=ruff_is(ruff))
    document = editor.open(project({"pyproject.toml": NO_MYPY}) / "x.py", TEXT)
    editor.wait_diagnostics(document, shows("B404"))
    assert "ruff" in only_message(editor)
    ruff.unlink()
    ruff.symlink_to(RUFF)
    editor.wait_diagnostics(document, shows("B404", "F401"))
    only_message(editor)


def test_a_tool_that_dies_during_a_check_is_restarted_silently(
    editor: Client, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY})
    document = editor.open(folder / "x.py", "import os\n")
    editor.wait_diagnostics(document, bool)
    started = [line for line in editor.stderr.splitlines() if "ruff started" in line][-1]
    pid = int(started.rpartition("(pid ")[2].rstrip(")"))
    os.kill(pid, signal.SIGKILL)
    wait_gone([pid])
    editor.change(document, 2, "import re\n")
    items = editor.wait_diagnostics(document, contains("`re`"), version=2)
    assert codes(items) == ["F401"]
    assert editor.messages == []


def test_a_tool_that_hangs_is_stopped_and_reported(
    client: ClientFactory, project: ProjectFactory, program: ProgramFactory
) -> None:
    ruff = program(
        "if sys.argv[1] == 'server':\n"
        "    open(f'{sys.argv[0]}.{os.getpid()}', 'w').close()\n"
        "    while True: hear()",
        "ruff",
    )
    editor = client(IMPATIENT)
    editor.initialize(options=ruff_is(ruff))
    document = editor.open(project({"pyproject.toml": NO_MYPY}) / "x.py", TEXT)
    editor.wait_diagnostics(document, shows("B404"))
    assert "did not answer within 0.5 s" in only_message(editor)
    first, *_ = sorted(ruff.parent.glob("ruff.*"), key=lambda path: path.stat().st_mtime_ns)
    wait_gone([int(first.suffix[1:])])


@pytest.mark.parametrize(
    "words",
    [
        "Welcome to ruff!\\n",
        "Content-Length: 2\\r\\n\\r\\n[]",
        'Content-Length: 29\\r\\n\\r\\n{"id": 1, "result": "nonsense"}',
    ],
)
def test_a_tool_that_sends_nonsense_is_reported_once(
    client: ClientFactory, project: ProjectFactory, program: ProgramFactory, words: str
) -> None:
    ruff = program(
        f"if sys.argv[1] == 'server':\n    hear()\n    sys.stdout.write({words!r})\n"
        "    sys.stdout.flush()\n    while True: hear()".replace("\\\\", "\\"),
        "ruff",
    )
    editor = client(IMPATIENT)
    editor.initialize(options=ruff_is(ruff))
    document = editor.open(project({"pyproject.toml": NO_MYPY}) / "x.py", TEXT)
    editor.wait_diagnostics(document, shows("B404"))
    assert "ruff" in only_message(editor)
    editor.change(document, 2, [((0, 0), (0, 0), "\n")])
    editor.wait_diagnostics(document, shows("B404"), version=2)
    only_message(editor)


def test_much_output_on_stderr_does_not_block_a_tool(
    editor: Client, client: ClientFactory, project: ProjectFactory, program: ProgramFactory
) -> None:
    ruff = program(
        f"sys.stderr.write('noise\\n' * 200_000)\nos.execv({str(RUFF)!r}, sys.argv)", "ruff"
    )
    editor = client()
    editor.initialize(options=ruff_is(ruff))
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n")
    editor.wait_diagnostics(document, shows("F401"))


def test_a_process_that_does_not_end_is_killed_with_its_children(
    program: ProgramFactory, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    os.mkfifo(pids)
    slow = program(
        "child = os.fork()\n"
        f"if child: open({str(pids)!r}, 'w').write(f'{{child}} {{os.getpid()}}')\n"
        "while True: __import__('signal').pause()"
    )

    async def go() -> list[int]:
        command = Command((str(slow),), tmp_path)
        running = asyncio.create_task(run(command, deadline_s=1))
        found = await asyncio.to_thread(pids.read_text)
        with pytest.raises(ToolCrashError, match="did not end within 1 s"):
            await running
        return [int(pid) for pid in found.split()]

    wait_gone(asyncio.run(go()))


def test_a_child_that_keeps_failing_is_restarted_with_growing_pauses(
    program: ProgramFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    async def record(pause: float) -> None:
        pauses.append(pause)

    async def handshake(rpc: JsonRpc) -> None:
        await rpc.request("hello", {})

    async def go() -> None:
        failing = Child("x", Command((str(program("")),), tmp_path), handshake, deadline_s=60)
        for _ in range(10):
            with pytest.raises(ToolCrashError, match=r"it ended with status 0|it closed its"):
                await failing.request("anything", {})
        await failing.stop()

    monkeypatch.setattr(asyncio, "sleep", record)
    asyncio.run(go())
    first, longest = child.FIRST_BACK_OFF_S, child.LONGEST_BACK_OFF_S
    assert pauses == pytest.approx([min(first * 2**n, longest) for n in range(9)], abs=0.2)


def test_a_program_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="/nowhere/tool"):
        asyncio.run(run(Command(("/nowhere/tool",), tmp_path), deadline_s=60))


# Configuration


@pytest.mark.parametrize("content", ["[tool.ruff\n", "[tool.mypy]\nstrict = maybe\n", "\x00"])
def test_a_broken_pyproject_is_reported_once_and_the_tools_continue(
    editor: Client, project: ProjectFactory, content: str
) -> None:
    folder = project({"pyproject.toml": content})
    document = editor.open(folder / "x.py", TEXT)
    editor.wait_diagnostics(document, lambda items: "B404" in codes(items))
    other = editor.open(folder / "y.py", TEXT)
    editor.wait_diagnostics(other, lambda items: "B404" in codes(items))
    only_message = "nothing is sent until this is corrected"
    editor.wait(lambda: contains(only_message)(editor.messages), "the message")
    (folder / "pyproject.toml").write_text("")
    event = {"changes": [{"uri": uri(folder / "pyproject.toml"), "type": 2}]}
    editor.notify("workspace/didChangeWatchedFiles", event)
    editor.wait_diagnostics(document, lambda items: {"B404", "F401"} <= set(codes(items)))
    about = [message["message"] for message in editor.messages]
    assert len(about) == len(set(about))
    assert sum("nothing is sent until this" in text for text in about) == 1
    assert not any("ruff: pyproject.toml:" in text for text in about), "the same fault"


def test_a_broken_ruff_configuration_does_not_stop_other_tools(
    editor: Client, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": NO_MYPY, "ruff.toml": "line-length = 'long'\n"})
    document = editor.open(folder / "x.py", TEXT)
    editor.wait_diagnostics(document, lambda items: "B404" in codes(items))
    (folder / "ruff.toml").write_text("line-length = 99\n")
    event = {"changes": [{"uri": uri(folder / "ruff.toml"), "type": 2}]}
    editor.notify("workspace/didChangeWatchedFiles", event)
    editor.wait_diagnostics(document, shows("B404", "F401"))


def test_a_broken_mypy_configuration_does_not_stop_other_tools(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": "", "mypy.ini": "[mypy]\nplugins = nowhere.py\n"})
    editor = client()
    editor.initialize([folder])
    document = editor.open(folder / "x.py", TYPED)
    editor.wait_diagnostics(document, shows("B404", "F401"))
    assert "nowhere.py" in only_message(editor)
    for version in range(2, 4):
        editor.change(document, version, [((0, 0), (0, 0), "\n")])
        editor.wait_diagnostics(document, bool, version)
    (folder / "mypy.ini").write_text("[mypy]\n")
    event = {"changes": [{"uri": uri(folder / "mypy.ini"), "type": 2}]}
    editor.notify("workspace/didChangeWatchedFiles", event)
    editor.wait_diagnostics(document, lambda items: "assignment" in codes(items))
    only_message(editor)


# Files


def test_a_module_on_disk_that_is_not_utf_8_does_not_stop_mypy(editor: Client, typed: Path) -> None:
    (typed / "latin.py").write_bytes(b"# -*- coding: latin-1 -*-\nNAME = '\xe9'\n")
    (typed / "not_utf8.py").write_bytes(b"NAME = '\xe9'\n")
    (typed / "binary.py").write_bytes(b"\x00\xff\x7fELF")
    text = (
        "from binary import NAME as B\nfrom latin import NAME\nfrom not_utf8 import NAME as N\n\n"
        "x: int = ''\nprint(B, NAME, N)\n"
    )
    document = editor.open(typed / "odd_imports.py", text)
    editor.wait_diagnostics(document, lambda items: "assignment" in codes(items))


@pytest.mark.parametrize(
    "text", ["\x00\x01\x7fELF\ufffd\x00", "", "\ufeff", "\f", "\\", "\ud800", "x" * 200_000]
)
def test_a_document_that_is_not_python_does_not_stop_the_server(
    editor: Client, typed: Path, text: str
) -> None:
    number = sum(map(ord, text[:50])) + len(text)
    odd = editor.open(typed / f"odd_{number}.py", text)
    control = editor.open(typed / f"odd_{number}_control.py", TYPED)
    editor.wait_diagnostics(control, shows(*EVERYTHING))
    editor.change(odd, 2, TYPED)
    editor.wait_diagnostics(odd, shows(*EVERYTHING), version=2)
    editor.change(odd, 3, text)
    editor.change(control, 2, "")
    editor.wait_diagnostics(control, lambda items: not items, version=2)
    assert editor.messages == []


def test_a_lone_surrogate_does_not_shift_later_positions(
    editor: Client, project: ProjectFactory
) -> None:
    name = uri(project({"pyproject.toml": RUFF_ONLY}) / "x.py")
    item = {"uri": name, "languageId": "python", "version": 1, "text": "'\ud83d'; y\n"}
    message = {"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": item}}
    editor.send_body(json.dumps(message).encode())
    editor.opened.add(name)
    items = editor.wait_diagnostics(name, bool)
    (undefined,) = [found for found in items if found["code"] == "F821"]
    assert undefined["range"]["start"] == {"line": 0, "character": 5}


def test_a_file_of_50_000_lines_is_checked(editor: Client, project: ProjectFactory) -> None:
    lines = ["import os\n", "\n", *(f"value_{number} = {number}\n" for number in range(50_000))]
    text = "".join(lines)
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", text)
    editor.wait_diagnostics(document, shows("F401"))
    editor.change(document, 2, [((50_002, 0), (50_002, 0), "value_0 = undefined\n")])
    editor.wait_diagnostics(document, shows("F401", "F821"), version=2)


def test_a_deleted_file_is_checked_as_in_the_editor(editor: Client, typed: Path) -> None:
    path = write(typed, {"deleted.py": TEXT}) / "deleted.py"
    document = editor.open(path, TEXT)
    editor.wait_diagnostics(document, shows("B404", "F401"))
    path.unlink()
    event = {"changes": [{"uri": uri(path), "type": 3}]}
    editor.notify("workspace/didChangeWatchedFiles", event)
    editor.save(document)
    editor.change(document, 2, TYPED)
    editor.wait_diagnostics(document, shows(*EVERYTHING), version=2)


def test_a_folder_deleted_while_its_file_is_open_does_not_stop_the_server(
    editor: Client, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY, "sub/x.py": "import os\n"})
    document = editor.open(folder / "sub/x.py", "import os\n")
    editor.wait_diagnostics(document, bool)
    (folder / "sub/x.py").unlink()
    (folder / "sub").rmdir()
    (folder / "pyproject.toml").unlink()
    folder.rmdir()
    editor.change(document, 2, "import re\n")
    editor.wait_diagnostics(document, contains("`re`"), version=2)


@pytest.mark.parametrize(
    "document",
    [
        "{folder}/%00.py",
        "{folder}/%ff%fe.py",
        "{folder}/" + "a" * 300 + ".py",
        "{folder}",
        "{folder}/",
        "file://[/x.py",
        "",
        "nonsense",
        "untitled:%00",
    ],
)
def test_an_unusual_uri_does_not_stop_the_server(
    editor: Client, project: ProjectFactory, document: str
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY})
    document = document.replace("{folder}", uri(folder))
    editor.open(document, "import os\n")
    editor.change(document, 2, "import re\n")
    editor.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": document, "type": 2}]})
    where = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    params = {"textDocument": {"uri": document}, "range": where, "context": {"diagnostics": []}}
    try:
        editor.request("textDocument/codeAction", params)
    except ResponseError as error:
        assert error.code in (-32602, -32603)  # noqa: PT017 - it may also respond
    editor.close(document)
    still_works(editor, folder)
    assert editor.messages == []


# Environment


def test_a_project_of_thousands_of_files_is_checked(
    editor: Client, project: ProjectFactory
) -> None:
    files = {
        f"package_{number % 60}/module_{number}.py": f"VALUE_{number} = {number}\n"
        for number in range(3000)
    }
    folder = project({"pyproject.toml": "", **files})
    text = TEXT + "from package_1.module_1 import VALUE_1\n\nx: str = VALUE_1\n"
    document = editor.open(folder / "package_2/module_2.py", text)
    editor.wait_diagnostics(
        document, lambda items: {"B404", "F401", "assignment"} <= set(codes(items))
    )


def test_a_read_only_folder_is_checked(client: ClientFactory, tmp_path: Path) -> None:
    folder = tmp_path / "sealed"
    write(folder, {"pyproject.toml": ""})
    folder.chmod(0o555)
    if os.access(folder, os.W_OK):  # root may write anywhere except there
        folder = Path("/proc/sys/kernel")
        if not folder.is_dir():
            pytest.skip("nothing here is beyond root's reach")
    editor = client(cwd=folder)
    editor.initialize([folder])
    document = editor.open(folder / "x.py", TYPED)
    editor.wait_diagnostics(document, shows(*EVERYTHING))
    assert editor.messages == []


def test_the_server_works_without_a_home_folder(
    client: ClientFactory, project: ProjectFactory
) -> None:
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "USER", "LOGNAME")
    editor = client(env=dict.fromkeys(names))
    editor.initialize()
    document = editor.open(project({"pyproject.toml": ""}) / "x.py", TYPED)
    editor.wait_diagnostics(document, shows(*EVERYTHING))
    assert editor.messages == []


# Messages


def answer_to(editor: Client, body: bytes) -> Item:
    """Send an invalid request, and return the error in the answer."""
    editor.send_body(body)
    (fault,) = editor.wait(editor.take_faults, "an answer")
    answer: Item = ast.literal_eval(fault.partition(": ")[2])
    assert answer["id"] is None
    error: Item = answer["error"]
    return error


@pytest.mark.parametrize("body", [b"{", b"hello", b'{"a": }', b"\xff\xfe", b"{} {}", b'{"a":1'])
def test_invalid_json_is_answered_with_a_parse_error(
    editor: Client, tmp_path: Path, body: bytes
) -> None:
    assert answer_to(editor, body)["code"] == -32700
    still_works(editor, tmp_path)


@pytest.mark.parametrize("body", [b"[]", b"5", b'"initialize"', b"null", b"{}", b'[{"id": 1}]'])
def test_an_invalid_message_is_answered_with_an_error(
    editor: Client, tmp_path: Path, body: bytes
) -> None:
    assert answer_to(editor, body)["code"] == -32600
    still_works(editor, tmp_path)


def error_of(editor: Client, method: str, params: object = None) -> int:
    with pytest.raises(ResponseError) as caught:
        editor.request(method, params)
    assert caught.value.message
    return caught.value.code


def test_an_unknown_request_is_answered_with_an_error(editor: Client) -> None:
    params = {
        "textDocument": {"uri": "file:///x.py"},
        "position": {"line": 0, "character": 0},
    }
    for method in ("no/such/method", "textDocument/definition", "textDocument/diagnostic"):
        assert error_of(editor, method, params) == -32601


def test_an_unknown_command_is_answered_with_an_error(editor: Client) -> None:
    params = {"command": "no.such.command", "arguments": []}
    assert error_of(editor, "workspace/executeCommand", params) in (-32601, -32602, -32603)


def test_unknown_notifications_are_ignored(editor: Client, tmp_path: Path) -> None:
    for method in ("no/such/method", "$/setTrace", "$/whatever", "window/showMessage"):
        editor.notify(method, {"value": "off"})
    still_works(editor, tmp_path)


WRONG: list[object] = [
    None,
    5,
    [],
    {},
    {"textDocument": 5},
    {"textDocument": {}},
    {"textDocument": {"uri": 5}},
    {"textDocument": {"uri": None}, "position": "here", "range": "there", "context": 1},
    {
        "textDocument": {"uri": "file:///x.py"},
        "position": {"line": "0", "character": []},
        "range": {"start": {"line": 0}},
        "context": {"diagnostics": {}},
        "options": [],
    },
]


@pytest.mark.parametrize(
    "method",
    [
        "textDocument/hover",
        "textDocument/codeAction",
        "textDocument/formatting",
        "textDocument/rangeFormatting",
        "workspace/executeCommand",
        "codeAction/resolve",
    ],
)
def test_wrong_parameters_are_answered_with_an_error(
    editor: Client, tmp_path: Path, method: str
) -> None:
    for params in WRONG:
        assert error_of(editor, method, params) in (-32600, -32602), params
    still_works(editor, tmp_path)


@pytest.mark.parametrize(
    "method",
    [
        "textDocument/didOpen",
        "textDocument/didChange",
        "textDocument/didSave",
        "textDocument/didClose",
        "workspace/didChangeConfiguration",
        "workspace/didChangeWatchedFiles",
        "workspace/didChangeWorkspaceFolders",
        "$/cancelRequest",
        "initialized",
    ],
)
def test_wrong_parameters_of_a_notification_are_not_answered(
    editor: Client, tmp_path: Path, method: str
) -> None:
    for params in WRONG:
        if method != "initialized":
            editor.notify(method, params)
    editor.notify("textDocument/didChange", {"textDocument": {"uri": "file:///x.py"}})
    still_works(editor, tmp_path)
    assert editor.take_faults() == []


@pytest.mark.parametrize(
    "change",
    [
        {"text": 5},
        {},
        {"range": {"start": {"line": "0"}}, "text": "x"},
        {"range": None, "text": None},
        {"range": {"start": {"line": 0, "character": 0}}, "text": "x"},
    ],
)
def test_an_invalid_change_does_not_modify_the_document(
    editor: Client, project: ProjectFactory, change: Item
) -> None:
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n")
    params = {"textDocument": {"uri": document, "version": 2}, "contentChanges": [change]}
    editor.notify("textDocument/didChange", params)
    editor.change(document, 3, [((0, 0), (0, 0), "\n")])
    items = editor.wait_diagnostics(document, bool, version=3)
    assert [item["range"]["start"]["line"] for item in items] == [1]
    assert editor.take_faults() == []


def test_requests_before_initialize_are_refused(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    editor.notify("initialized", {})
    editor.open(project() / "early.py", "import os\n")
    assert error_of(editor, "textDocument/hover", {}) == -32002
    assert error_of(editor, "shutdown") == -32002
    assert error_of(editor, "initialize", {"capabilities": 5}) == -32602
    editor.initialize()
    assert error_of(editor, "initialize", {"capabilities": {}, "processId": None}) == -32600
    still_works(editor, project(name="still"))


def test_requests_after_shutdown_are_refused(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    editor.initialize()
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n")
    editor.wait_diagnostics(document, bool)
    editor.request("shutdown")
    editor.close(document)
    assert error_of(editor, "textDocument/hover", {}) == -32600
    assert error_of(editor, "shutdown") == -32600
    editor.notify("exit")
    assert editor.wait_exit() == 0
    assert editor.take_faults() == []


def test_findings_are_updated_even_if_the_version_does_not_increase(
    editor: Client, project: ProjectFactory
) -> None:
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n", 5)
    editor.wait_diagnostics(document, bool)
    for name in ("re", "ast", "abc"):
        editor.change(document, 5, f"import {name}\n")
        editor.wait_diagnostics(document, contains(f"`{name}`"))


def test_opening_a_document_twice_replaces_its_text(
    editor: Client, project: ProjectFactory
) -> None:
    path = project({"pyproject.toml": RUFF_ONLY}) / "x.py"
    document = editor.open(path, "import os\n", version=9)
    editor.wait_diagnostics(document, bool)
    editor.open(path, "import re\n", version=1)
    editor.wait_diagnostics(document, contains("`re`"), version=1)
    editor.close(document)
    editor.close(document)
    editor.change(document, 2, "import ast\n")
    editor.wait_diagnostics(document, lambda items: not items)
