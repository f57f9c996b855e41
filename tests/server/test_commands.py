"""Every command, executed as an editor does, with valid and invalid arguments."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.lsp import commands
from python_expert.lsp.commands import (
    CANCEL,
    CHECK_WORKSPACE,
    LAST_REPORT,
    MODELS,
    RESTART_TOOLS,
    REWRITE,
    RUN_TESTS,
    SHOW_KNOWN,
    SHOW_PAYLOAD,
    TEST_OUTPUT,
)
from tests.client import Client, ResponseError, shows
from tests.conftest import RUFF_ONLY, SERVER, patched, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import ClientFactory

pytestmark = pytest.mark.one_python

TEXT = (
    "import os\n\n\ndef read_name(number=None):\n    if number is None:\n        number = 1\n"
    "    return number * 2\n"
)
START = {"start": {"line": 3, "character": 0}, "end": {"line": 3, "character": 0}}

NEEDS_ONE = {REWRITE, SHOW_PAYLOAD}
"""The commands that require a valid argument."""

TAKES_ANY = {
    *(CANCEL, LAST_REPORT, MODELS, RESTART_TOOLS, CHECK_WORKSPACE),
    *(RUN_TESTS, SHOW_KNOWN, TEST_OUTPUT),
}

COMMANDS = sorted(commands.COMMANDS)

MISSING = object()
"""A request without the key `arguments`."""

ODD: list[Any] = [
    MISSING,
    None,
    [],
    [None],
    [5],
    ["add-docstrings"],
    [True],
    [[]],
    [{}],
    [[{}], {}],
    [{"uri": 5}],
    [{"action": None, "uri": None, "version": None, "range": None}],
    [{"action": "add-jokes", "uri": "file:///x.py", "version": 1, "range": None}],
    [{"action": [], "uri": {}, "version": [], "range": 1}],
    [{"a b": 1, "class": {"_x": 2}, "type_name": "Object"}],
]

WRONG_RANGES: list[Any] = [
    5,
    "here",
    [],
    [1, 2],
    {"start": 5, "end": 5},
    {"start": {"line": 0}, "end": {"line": 0}},
    {"start": {"line": "0", "character": None}, "end": {"line": "0", "character": None}},
    {"start": {"line": [], "character": {}}, "end": {"line": 0, "character": 0}},
    {"end": {"line": 0, "character": 0}},
]


def execute(editor: Client, command: str, arguments: object = MISSING) -> Any:  # noqa: ANN401
    """Execute a command."""
    arguments_key = {} if arguments is MISSING else {"arguments": arguments}
    return editor.request("workspace/executeCommand", {"command": command} | arguments_key)


def right(document: str, **changed: object) -> dict[str, Any]:
    """Return a valid argument."""
    valid = {"action": "add-docstrings", "uri": document, "version": 1, "range": START}
    valid["wait"] = True
    return valid | changed


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Path]]:
    """A separate server, because restarting the tools would disturb other tests, and its folder."""
    folder = write(tmp_path_factory.mktemp("commands"), {"pyproject.toml": RUFF_ONLY})
    # Python on PATH may not have pytest.
    with Client(SERVER, env={"VIRTUAL_ENV": sys.prefix}) as editor:
        editor.initialize([folder])
        yield editor, folder


@pytest.fixture
def opened(serving: tuple[Client, Path]) -> Iterator[tuple[Client, str]]:
    """The server with a document in which ruff has a finding."""
    editor, folder = serving
    document = editor.open(folder / "x.py", TEXT)
    editor.wait_diagnostics(document, shows("F401"))
    yield editor, document
    editor.close(document)


def test_all_commands_are_tested_here(opened: tuple[Client, str]) -> None:
    editor, _ = opened
    offered = editor.server["capabilities"]["executeCommandProvider"]["commands"]
    assert sorted(offered) == COMMANDS == sorted(NEEDS_ONE | TAKES_ANY)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_with_valid_arguments_is_executed(
    opened: tuple[Client, str], command: str
) -> None:
    editor, document = opened
    answer = execute(editor, command, [right(document)])
    expected: dict[str, Any] = {
        REWRITE: lambda: answer["result"] == "changed",
        SHOW_PAYLOAD: lambda: "offline" in answer,
        LAST_REPORT: lambda: answer == "",
        CANCEL: lambda: answer is None,
        MODELS: lambda: answer["message"],  # there is no key, so it says why there are no models
        RESTART_TOOLS: lambda: answer is None,
        CHECK_WORKSPACE: lambda: answer["result"] == "done",
        RUN_TESTS: lambda: (
            "file or directory not found" in answer["message"]
        ),  # the document is not saved
        SHOW_KNOWN: lambda: "no known findings" in answer["message"],
        TEST_OUTPUT: lambda: answer == "",
    }
    assert expected[command](), answer


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_with_invalid_arguments_is_answered_with_a_message(
    opened: tuple[Client, str], command: str
) -> None:
    editor, document = opened
    for arguments in ODD:
        answer = execute(editor, command, arguments)
        if command == REWRITE:
            assert answer["result"] == "refused"
            answer = answer["message"]
        if command in NEEDS_ONE:
            assert answer.startswith("this command"), (arguments, answer)
            assert "Traceback" not in answer
    # Additional arguments are ignored: some editors add their own.
    if command in NEEDS_ONE:
        answer = execute(editor, command, [right(document), 5, None, {}])
        assert answer["result"] == "changed" if command == REWRITE else answer.strip()


@pytest.mark.parametrize("version", [1, 0])
def test_an_invalid_range_is_reported(opened: tuple[Client, str], version: int) -> None:
    editor, document = opened
    arguments = [right(document, range=where, version=version) for where in WRONG_RANGES]
    answers = [execute(editor, REWRITE, [each]) for each in arguments]
    assert {answer["result"] for answer in answers} == {"refused"}
    # An unknown version is reported before an invalid range.
    words = "range is wrong" if version else "changed in the meantime"
    assert all("range is wrong" in each["message"] or words in each["message"] for each in answers)


def test_an_invalid_version_is_reported(opened: tuple[Client, str]) -> None:
    editor, document = opened
    versions: list[object] = ["one", None, [], {}, float("inf"), float("nan")]
    for version in versions:
        answer = execute(editor, REWRITE, [right(document, version=version)])
        assert answer["result"] == "refused"
        assert "argument is wrong" in answer["message"]


def test_an_unknown_command_is_named(opened: tuple[Client, str]) -> None:
    editor, _ = opened
    with pytest.raises(ResponseError, match=r"no\.such\.command"):
        execute(editor, "no.such.command")


FAILING = """
from python_expert.lsp import projects
from python_expert.lsp.features import models, rewrites, test_output, tests, workspace_diagnostics
from python_expert.lsp.features import visible_findings
async def fail(*args, **kwargs):
    raise RuntimeError("told to fail")
projects.Projects.restart = rewrites.Rewrites.run = rewrites.Rewrites.payload = fail
rewrites.Rewrites.cancel = lambda self: 1 / 0
models.Models.list = tests.TestRuns.run = workspace_diagnostics.WorkspaceCheck.run = fail
test_output.TestOutput.execute = visible_findings.VisibleFindings.show = fail
rewrites.Rewrites.last_report = property(
    lambda self: 1 / 0, lambda self, value: None
)
"""


def test_a_failing_command_is_answered_with_a_message(client: ClientFactory) -> None:
    editor = client(patched(FAILING))
    editor.initialize()
    for command in COMMANDS:
        with pytest.raises(ResponseError) as caught:
            execute(editor, command, [{"wait": True}])
        assert caught.value.code == -32803
        failure = f"{command} failed because of an error in Python Expert"
        assert caught.value.message.startswith(failure)
        assert editor.wait_stderr("Traceback")
