"""Test a check, an editor session and the rewrites with many real configurations.

With any configuration, Python Expert must show the same findings as the tools' own commands, each
problem once. It must name each tool that cannot work, with the reason.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from python_expert.cli.app import app
from python_expert.tools.bandit import spec as bandit
from python_expert.tools.mypy import spec as mypy
from tests.client import Client, WaitError
from tests.conftest import SERVER
from tests.scale import LONG
from tests.zoo import zoo
from tests.zoo.zoo import TOOLS, Answer, Place, Project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NAMES = sorted(zoo.projects())

REWRITES = ("add-docstrings", "add-type-hints", "convert-to-async")
WAITING = 7
"""The 0-based line of the function that the tests rewrite."""

OWN_ERROR = "error of Python Expert itself"


@dataclass
class Checkout:
    """A project on disk.

    Attributes:
        project: The project's description.
        folder: The folder of the project.
        files: The project's modules, relative to the folder.
        expected: The results of the tools' own commands.
    """

    project: Project
    folder: Path
    files: list[str]
    expected: Mapping[str, Answer]

    @property
    def failing(self) -> list[str]:
        """The tools that cannot work in this project."""
        return [
            tool
            for tool in TOOLS
            if self.expected[tool].error and tool not in self.project.crashing
        ]

    @property
    def contents(self) -> dict[str, bytes]:
        """The contents of all files by path."""
        every = (path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in every}


@pytest.fixture(scope="module", params=NAMES)
def checkout(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Each project in turn, written to disk."""
    project = zoo.projects()[request.param]
    folder = tmp_path_factory.mktemp(project.name) / "project"
    folder.mkdir()
    files = project.write(folder)
    return Checkout(project, folder, files, zoo.run_tools(project, folder, files))


@pytest.fixture(scope="module")
def desk() -> Iterator[Client]:
    """One editor for all projects."""
    with Client(SERVER, env={**zoo.ENVIRONMENT, "ANTHROPIC_API_KEY": None}) as client:
        client.initialize()
        yield client


def enter_folder(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    """Change to a project's folder, and use the tests' interpreter."""
    monkeypatch.chdir(checkout.folder)
    for name, value in zoo.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def findings_by_tool(items: list[dict[str, Any]]) -> dict[str, set[Place]]:
    """Return the findings in the output of ``check`` by tool."""
    found: dict[str, set[Place]] = {tool: set() for tool in TOOLS}
    for item in items:
        found[item["source"].lower()].add(Place(item["path"], item["line"], item["code"] or ""))
    return found


def is_duplicate(place: Place, tool: str, ruff_findings: set[Place]) -> bool:
    """Return whether a finding is left out because ruff reports the same problem."""
    table = bandit.DUPLICATES if tool == "bandit" else mypy.DUPLICATES
    rules = set(table.get(place.rule, "").split())
    if place.rule == "misc":
        rules = {rule for rules in mypy.MISC_DUPLICATES.values() for rule in rules.split()}
    return any(
        ruff.file == place.file and ruff.rule in rules and abs(ruff.line - place.line) <= 1
        for ruff in ruff_findings
    )


def differences(expected: Mapping[str, Answer], shown: Mapping[str, set[Place]]) -> list[str]:
    """Return how the shown findings differ from the tools' own, apart from duplicates of ruff's."""
    wrong = []
    for tool in TOOLS:
        if expected[tool].error:
            continue
        for place in sorted(expected[tool].found ^ shown[tool]):
            if place in shown[tool]:
                wrong.append(f"{tool} does not find {':'.join(map(str, place))}")
            elif tool == "ruff" or not is_duplicate(place, tool, shown["ruff"]):
                wrong.append(f"{tool} finds {':'.join(map(str, place))}")
    return wrong


@pytest.mark.one_python
def test_check_finds_what_the_tools_own_commands_find(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter_folder(checkout, monkeypatch)
    before = checkout.contents
    done = CliRunner().invoke(app, ["check", ".", "--output-format", "json"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    assert "Traceback" not in done.output
    assert OWN_ERROR not in done.output
    failed = [tool for tool in TOOLS if f"{tool} could not run" in done.stderr]
    assert failed == checkout.failing, done.stderr
    assert done.exit_code == (2 if failed else 1)
    wrong = differences(checkout.expected, findings_by_tool(json.loads(done.stdout)))
    assert not wrong, "\n".join(wrong)
    assert checkout.contents == before


# The test above checks the findings. How an editor shows them depends less on the project.
@pytest.mark.e2e
@pytest.mark.long
@pytest.mark.parametrize("checkout", NAMES if LONG else NAMES[::3], indirect=True)
def test_an_editor_shows_what_the_tools_own_commands_find(checkout: Checkout, desk: Client) -> None:
    before, start = checkout.contents, len(desk.messages)
    with opened(desk, checkout):
        try:
            desk.wait(lambda: not problems(desk, checkout, start))
        except WaitError as error:
            pytest.fail("\n".join([*problems(desk, checkout, start), str(error)]))
        for action in REWRITES:
            result = rewrite(desk, checkout, action)
            assert result["result"] in ("changed", "unchanged", "refused"), result
            assert OWN_ERROR not in result["message"]
    assert OWN_ERROR not in str(desk.messages[start:])
    assert "Traceback" not in desk.stderr
    assert checkout.contents == before


@contextmanager
def opened(desk: Client, checkout: Checkout) -> Iterator[None]:
    """Add a project to the workspace and open all its modules."""
    folder = {"uri": checkout.folder.as_uri(), "name": checkout.project.name}
    paths = [checkout.folder / name for name in checkout.files]
    change_folders(desk, added=[folder], removed=[])
    for path in paths:
        desk.open(path, path.read_text("utf-8"))
    try:
        yield
    finally:
        for path in paths:
            desk.close(path)
        change_folders(desk, added=[], removed=[folder])


def change_folders(desk: Client, **event: list[dict[str, str]]) -> None:
    """Add folders to the workspace, or remove them."""
    desk.notify("workspace/didChangeWorkspaceFolders", {"event": event})


def problems(desk: Client, checkout: Checkout, start: int) -> list[str]:
    """Return the wrong and missing findings, and the failing tools that no message names."""
    shown: dict[str, set[Place]] = {tool: set() for tool in TOOLS}
    for name in checkout.files:
        for item in desk.diagnostics(checkout.folder / name):
            place = Place(name, item["range"]["start"]["line"] + 1, item.get("code", ""))
            shown[item["source"].lower()].add(place)
    words = " ".join(message["message"] for message in desk.messages[start:])
    silent = [tool for tool in checkout.failing if f"Python Expert: {tool}: " not in words]
    unexpected = [tool for tool in checkout.failing if shown[tool]]
    return [
        *differences(checkout.expected, shown),
        *(f"{tool} fails, and nothing says so" for tool in silent),
        *(f"{tool} fails, and something is shown all the same" for tool in unexpected),
    ]


def rewrite(desk: Client, checkout: Checkout, action: str) -> dict[str, Any]:
    """Request an offline rewrite of a function in the untyped module, without applying the edit."""
    document = checkout.folder / checkout.project.package / "legacy.py"
    place = {"line": WAITING, "character": 4}
    findings_by_tool = {
        "action": action,
        "uri": document.as_uri(),
        "version": 1,
        "range": {"start": place, "end": place},
    }
    params = {"command": "pythonExpert.rewrite", "arguments": [findings_by_tool | {"wait": True}]}
    result: dict[str, Any] = desk.request("workspace/executeCommand", params)
    return result


@pytest.mark.parametrize("action", REWRITES)
@pytest.mark.parametrize("name", ["click", "dask", "home-assistant", "lemur"])
def test_a_rewrite_in_the_shell_reports_its_result(
    name: str, action: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = zoo.projects()[name]
    checkout = Checkout(project, tmp_path, project.write(tmp_path), {})
    enter_folder(checkout, monkeypatch)
    before = checkout.contents
    path = f"{project.package}/legacy.py"
    done = CliRunner().invoke(
        app, ["rewrite", action, path, "--function", "wait", "--provider", "offline"]
    )
    assert done.exit_code in (0, 1), done.output
    assert "Traceback" not in done.output
    assert OWN_ERROR not in done.output
    assert "wait" in done.output
    assert checkout.contents == before
