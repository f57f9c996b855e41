"""Under each of many real configurations: a check, an editor session and the rewrites.

Whatever a project configures, what Python Expert shows is what the tools' own commands say there,
each problem once; and a tool that cannot work is named, with its reason.
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
"""The line, from 0, of the function that is rewritten."""

OWN_ERROR = "error of Python Expert itself"


@dataclass
class Animal:
    """A project on disk.

    Attributes:
        project: What it is made of.
        folder: Where it is.
        files: Its modules, from there.
        said: What the tools' own commands say of them.
    """

    project: Project
    folder: Path
    files: list[str]
    said: Mapping[str, Answer]

    @property
    def failing(self) -> list[str]:
        """The tools that cannot do their work there."""
        return [
            tool for tool in TOOLS if self.said[tool].error and tool not in self.project.crashing
        ]

    @property
    def contents(self) -> dict[str, bytes]:
        """What is in each of its files."""
        every = (path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in every}


@pytest.fixture(scope="module", params=NAMES)
def animal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Animal:
    """Each of the projects in its turn."""
    project = zoo.projects()[request.param]
    folder = tmp_path_factory.mktemp(project.name) / "project"
    folder.mkdir()
    files = project.write(folder)
    return Animal(project, folder, files, zoo.ask(project, folder, files))


@pytest.fixture(scope="module")
def desk() -> Iterator[Client]:
    """One editor for all of them."""
    with Client(SERVER, env={**zoo.ENVIRONMENT, "ANTHROPIC_API_KEY": None}) as client:
        client.initialize()
        yield client


def enter(animal: Animal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go to a project's folder, with the tests' own interpreter."""
    monkeypatch.chdir(animal.folder)
    for name, value in zoo.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def told(items: list[dict[str, Any]]) -> dict[str, set[Place]]:
    """What ``check`` has found, by tool."""
    found: dict[str, set[Place]] = {tool: set() for tool in TOOLS}
    for item in items:
        found[item["source"].lower()].add(Place(item["path"], item["line"], item["code"] or ""))
    return found


def has_twin(place: Place, tool: str, ruffs: set[Place]) -> bool:
    """Whether a finding of another tool is left out because ruff has told the same problem."""
    table = bandit.DUPLICATES if tool == "bandit" else mypy.DUPLICATES
    rules = set(table.get(place.rule, "").split())
    if place.rule == "misc":
        rules = {rule for rules in mypy.MISC_DUPLICATES.values() for rule in rules.split()}
    return any(
        ruff.file == place.file and ruff.rule in rules and abs(ruff.line - place.line) <= 1
        for ruff in ruffs
    )


def differences(said: Mapping[str, Answer], shown: Mapping[str, set[Place]]) -> list[str]:
    """In what that which is shown differs from what the tools say, apart from twins."""
    wrong = []
    for tool in TOOLS:
        if said[tool].error:
            continue
        for place in sorted(said[tool].found ^ shown[tool]):
            if place in shown[tool]:
                wrong.append(f"{tool} does not find {':'.join(map(str, place))}")
            elif tool == "ruff" or not has_twin(place, tool, shown["ruff"]):
                wrong.append(f"{tool} finds {':'.join(map(str, place))}")
    return wrong


@pytest.mark.one_python
def test_check_finds_what_the_tools_own_commands_find(
    animal: Animal, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(animal, monkeypatch)
    before = animal.contents
    done = CliRunner().invoke(app, ["check", ".", "--output-format", "json"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    assert "Traceback" not in done.output
    assert OWN_ERROR not in done.output
    failed = [tool for tool in TOOLS if f"{tool} could not run" in done.stderr]
    assert failed == animal.failing, done.stderr
    assert done.exit_code == (2 if failed else 1)
    wrong = differences(animal.said, told(json.loads(done.stdout)))
    assert not wrong, "\n".join(wrong)
    assert animal.contents == before


# The shell has shown what is found; what an editor does with it depends less on the project.
@pytest.mark.e2e
@pytest.mark.long
@pytest.mark.parametrize("animal", NAMES if LONG else NAMES[::3], indirect=True)
def test_an_editor_shows_what_the_tools_own_commands_find(animal: Animal, desk: Client) -> None:
    before, start = animal.contents, len(desk.messages)
    with opened(desk, animal):
        try:
            desk.wait(lambda: not lacking(desk, animal, start))
        except WaitError as error:
            pytest.fail("\n".join([*lacking(desk, animal, start), str(error)]))
        for action in REWRITES:
            result = rewrite(desk, animal, action)
            assert result["result"] in ("changed", "unchanged", "refused"), result
            assert OWN_ERROR not in result["message"]
    assert OWN_ERROR not in str(desk.messages[start:])
    assert "Traceback" not in desk.stderr
    assert animal.contents == before


@contextmanager
def opened(desk: Client, animal: Animal) -> Iterator[None]:
    """Have a project in the workspace, with all its modules open."""
    folder = {"uri": animal.folder.as_uri(), "name": animal.project.name}
    paths = [animal.folder / name for name in animal.files]
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
    """Add folders to the workspace, or take them away."""
    desk.notify("workspace/didChangeWorkspaceFolders", {"event": event})


def lacking(desk: Client, animal: Animal, start: int) -> list[str]:
    """What is wrong with that which is shown, and the tools that fail and are not named."""
    shown: dict[str, set[Place]] = {tool: set() for tool in TOOLS}
    for name in animal.files:
        for item in desk.diagnostics(animal.folder / name):
            place = Place(name, item["range"]["start"]["line"] + 1, item.get("code", ""))
            shown[item["source"].lower()].add(place)
    words = " ".join(message["message"] for message in desk.messages[start:])
    silent = [tool for tool in animal.failing if f"Python Expert: {tool}: " not in words]
    wild = [tool for tool in animal.failing if shown[tool]]
    return [
        *differences(animal.said, shown),
        *(f"{tool} fails, and nothing says so" for tool in silent),
        *(f"{tool} fails, and something is shown all the same" for tool in wild),
    ]


def rewrite(desk: Client, animal: Animal, action: str) -> dict[str, Any]:
    """Have a function of the untyped module rewritten, offline; the edit is not made."""
    document = animal.folder / animal.project.package / "legacy.py"
    place = {"line": WAITING, "character": 4}
    told = {
        "action": action,
        "uri": document.as_uri(),
        "version": 1,
        "range": {"start": place, "end": place},
    }
    params = {"command": "pythonExpert.rewrite", "arguments": [told | {"wait": True}]}
    result: dict[str, Any] = desk.request("workspace/executeCommand", params)
    return result


@pytest.mark.parametrize("action", REWRITES)
@pytest.mark.parametrize("name", ["click", "dask", "home-assistant", "lemur"])
def test_a_rewrite_in_the_shell_says_what_becomes_of_it(
    name: str, action: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = zoo.projects()[name]
    animal = Animal(project, tmp_path, project.write(tmp_path), {})
    enter(animal, monkeypatch)
    before = animal.contents
    path = f"{project.package}/legacy.py"
    done = CliRunner().invoke(
        app, ["rewrite", action, path, "--function", "wait", "--provider", "offline"]
    )
    assert done.exit_code in (0, 1), done.output
    assert "Traceback" not in done.output
    assert OWN_ERROR not in done.output
    assert "wait" in done.output
    assert animal.contents == before
