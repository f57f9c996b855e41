"""Test a user's first actions end to end, on the Python that runs the tests.

The suite is short so that it can run on every supported Python. It uses the newest syntax of the
running Python: on 3.12 and later, type parameters.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.client import Client, apply_edits, codes
from tests.conftest import SERVER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.client import Json

HEAD = '"""Prices."""\n\nimport time\n'

GENERIC = (
    """\
def first[T: int](items: list[T], count=1) -> T:
    time.sleep(0)
    return items[count - 1]


class Box[T: int]:
    def __init__(self, item: T) -> None:
        self.item = item

    def wait(self, times=2):
        time.sleep(times)
        return self.item

    def check_name(self, name: str) -> None:
        if not name:
            raise KeyError(name)
"""
    if sys.version_info >= (3, 12)
    else """\
def first(items: list[int], count=1) -> int:
    time.sleep(0)
    return items[count - 1]


class Box:
    def __init__(self, item: int) -> None:
        self.item = item

    def wait(self, times=2):
        time.sleep(times)
        return self.item

    def check_name(self, name: str) -> None:
        if not name:
            raise KeyError(name)
"""
)
BEFORE = f"{HEAD}\n\n{GENERIC}"

TYPED = 'total: int = "none"\n'
"""Code with a finding of mypy, which the test types at the end."""

ASSERTED = "import pickle\nassert pickle\n"
"""Code with findings of ruff (D100 and others) and bandit (B403), typed at the start."""

ACTIONS = ("add-docstrings", "add-type-hints", "convert-to-async")


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command without checking its exit status."""
    command = [sys.executable, "-m", "python_expert", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder that requires the running Python, with one module."""
    made = tmp_path_factory.mktemp("smoke")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    (made / "pyproject.toml").write_text(
        f'[project]\nname = "smoke"\nversion = "1"\nrequires-python = ">={version}"\n'
    )
    (made / "prices.py").write_text(BEFORE, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Client]:
    """A server with the project as its workspace folder."""
    with Client(SERVER) as client:
        client.initialize([folder])
        yield client


@pytest.fixture
def document(server: Client, folder: Path) -> Iterator[str]:
    """The module, open in the editor."""
    yield (opened := server.open(folder / "prices.py", BEFORE))
    server.close(opened)


def execute(server: Client, command: str, *arguments: Json) -> Any:  # noqa: ANN401 - JSON is untyped
    """Run a server command."""
    params = {"command": command, "arguments": list(arguments)}
    return server.request("workspace/executeCommand", params)


def cursor(text: str, words: str) -> dict[str, Json]:
    """Return an empty range at the start of some words."""
    line = text[: text.index(words)].count("\n")
    column = text.splitlines()[line].index(words)
    place = {"line": line, "character": column}
    return {"start": place, "end": place}


def menu(server: Client, document: str, where: dict[str, Json]) -> list[Json]:
    """Return the code actions that the server offers at a range."""
    context = {"diagnostics": [], "triggerKind": 1}
    params = {"textDocument": {"uri": document}, "range": where, "context": context}
    actions: list[Json] = server.request("textDocument/codeAction", params)
    return actions


def test_the_command_says_its_version_and_doctor_finds_every_tool() -> None:
    version = run("--version")
    assert version.returncode == 0, version.stderr
    doctor = run("doctor")
    assert doctor.returncode == 0, doctor.stderr
    for tool in ("ruff", "mypy", "bandit"):
        assert f"\n{tool} " in doctor.stdout


def test_the_explanations_are_installed_too() -> None:
    done = run("explain", "F401", "arg-type", "B602")
    assert done.returncode == 0, done.stderr
    for title in ("unused-import (F401)", "arg-type (mypy)", "shell_equals_true (B602)"):
        assert title in done.stdout


def test_a_keystroke_brings_the_findings_of_every_tool(server: Client, document: str) -> None:
    server.change(document, 2, f"{ASSERTED}{BEFORE}{TYPED}")

    def complete(shown: Sequence[Json]) -> bool:
        found = {each.get("source", "").lower() for each in shown}
        return {"ruff", "mypy", "bandit"} <= found

    shown = server.wait_diagnostics(document, complete)
    assert "assignment" in codes(shown, "Mypy")
    assert "B403" in codes(shown, "Bandit")


@pytest.mark.parametrize("words", ["first", "time.sleep(0)", "class Box", "def wait"])
def test_the_menu_answers_in_each_definition(server: Client, document: str, words: str) -> None:
    offered = menu(server, document, cursor(BEFORE, words))
    assert any(each["kind"].startswith("refactor.rewrite.pythonExpert") for each in offered)


@pytest.mark.parametrize("action", ACTIONS)
def test_each_rewrite_from_the_menu_changes_the_document(
    server: Client, document: str, action: str
) -> None:
    where = cursor(BEFORE, "def check_name" if action == "add-docstrings" else "def wait")
    offered = [each["command"] for each in menu(server, document, where) if "command" in each]
    command = next(each for each in offered if each["arguments"][0]["action"] == action)
    server.choice = "Apply"
    before = len(server.applied)
    result = execute(server, command["command"], command["arguments"][0] | {"wait": True})
    assert result["result"] == "changed", result
    edited = apply_edits(BEFORE, server.applied[before]["edit"])
    compile(edited, "prices.py", "exec")
    expected = {
        "add-docstrings": '"""',
        "add-type-hints": "def wait(self, times: float = 2)",
        "convert-to-async": "async def wait",
    }[action]
    assert expected in edited.partition("class Box")[2]


def test_every_server_command_answers(server: Client, document: str) -> None:
    advertised = server.server["capabilities"]["executeCommandProvider"]["commands"]
    where = cursor(BEFORE, "def wait")
    rewrite = {
        "action": "add-docstrings",
        "uri": document,
        "version": 1,
        "range": where,
        "provider": "offline",
        "wait": True,
    }
    arguments: dict[str, list[Json]] = {
        "pythonExpert.rewrite": [rewrite],
        "pythonExpert.showPayload": [rewrite],
        "pythonExpert.models": [{"uri": document}],
        "pythonExpert.lastReport": [],
        "pythonExpert.checkWorkspace": [{"wait": True}],
        "pythonExpert.showKnown": [{"show": True}],
        "pythonExpert.runTests": [{"uri": document, "wait": True}],
        "pythonExpert.testOutput": [{"uri": document}],
        "pythonExpert.cancel": [],
        "pythonExpert.restartTools": [],
    }
    assert set(advertised) == set(arguments)
    for command, given in arguments.items():
        execute(server, command, *given)  # an error response raises an exception


def test_check_lists_the_findings_of_every_tool(folder: Path) -> None:
    module = folder / "checked.py"
    module.write_text(f"{ASSERTED}{BEFORE}{TYPED}", encoding="utf-8")
    checked = run("check", module)
    module.unlink()
    assert checked.returncode == 1, checked.stderr
    for tool in ("Ruff", "Mypy", "Bandit"):
        assert f"[{tool}]" in checked.stdout


@pytest.mark.parametrize("action", ACTIONS)
def test_each_rewrite_from_the_shell_prints_a_diff_that_the_gate_judges(
    folder: Path, tmp_path: Path, action: str
) -> None:
    module = folder / f"{action.replace('-', '_')}.py"
    module.write_text(BEFORE, encoding="utf-8")
    printed = run("rewrite", action, module, "--provider", "offline")
    assert printed.returncode in (0, 1), printed.stderr
    assert "Traceback" not in printed.stderr
    assert module.read_text(encoding="utf-8") == BEFORE
    assert "+++" in printed.stdout, printed.stderr
    run("rewrite", action, module, "--provider", "offline", "--write")
    before = tmp_path / "before.py"
    before.write_text(BEFORE, encoding="utf-8")
    judged = run("gate", "--action", action, before, module)
    wrong = tmp_path / "wrong.py"
    changed = module.read_text(encoding="utf-8").replace("count - 1", "count - 2")
    wrong.write_text(changed, encoding="utf-8")
    refused = run("gate", "--action", action, before, wrong)
    module.unlink()
    assert judged.returncode == 0, judged.stdout
    assert refused.returncode == 1, refused.stdout
