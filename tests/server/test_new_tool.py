"""A new tool is one class and one entry in the registry; nothing else names the tools."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
import subprocess
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.config.layers import Layer
from python_expert.config.settings import schema
from python_expert.config.sources import merge
from python_expert.config.tool_spec import Role, Trigger
from python_expert.diagnostics.deduplication import MergeRules
from python_expert.diagnostics.deduplication import merge as merged
from python_expert.diagnostics.finding import Finding, Severity, ToolName
from python_expert.gate.judgement import Baseline, Judge
from python_expert.project.events import Events, State
from python_expert.project.project import Project
from python_expert.text.document import Document
from python_expert.tools.ruff.tool import Ruff
from tests.client import codes
from tests.conftest import patched
from tests.tools import ALL_NAMES, MERGING, MYPY, NAMES, RUFF, SPECS
from tests.toy_tool import SCRIPT, TOY, Toy, finding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from python_expert.diagnostics.finding import Report
    from python_expert.gate.judgement import Judgement
    from tests.conftest import ClientFactory, ProjectFactory

pytestmark = pytest.mark.one_python

OTHERS_OFF = "".join(f"tools.{name}.enabled = false\n" for name in NAMES)
ONLY_TOY = f"[tool.python-expert]\n{OTHERS_OFF}"
TEXT = "x = 1\ny = 2  # TODO\n"

SCHEMA = schema((*SPECS, Toy.spec))


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the program with the toy tool registered."""
    argv = [*patched(SCRIPT)[:-1], *args]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)


# The command line


@pytest.fixture
def folder(project: ProjectFactory) -> Path:
    return project({"pyproject.toml": ONLY_TOY, "a.py": TEXT})


def test_check_runs_the_toy_tool(folder: Path) -> None:
    done = run(folder, "check", ".")
    assert done.stdout == "a.py:2:10: warning: TOY1 TODO is not done  [Toy Lint]\n"
    assert done.returncode == 1, done.stderr
    assert run(folder, "check", ".", "--tools", "mypy,ruff").returncode == 0
    (item,) = json.loads(run(folder, "check", ".", "--output-format", "json").stdout)
    assert (item["source"], item["code"], item["line"]) == ("Toy Lint", "TOY1", 2)
    wrong = run(folder, "check", ".", "--tools", "toy")
    assert "toy-lint" in wrong.stderr


def test_sarif_describes_the_toy_tool(folder: Path) -> None:
    log = json.loads(run(folder, "check", ".", "--output-format", "sarif").stdout)
    assert [each["tool"]["driver"]["name"] for each in log["runs"]][-1] == "Toy Lint"
    driver, results = log["runs"][-1]["tool"]["driver"], log["runs"][-1]["results"]
    assert (driver["version"], driver["informationUri"]) == ("7.8.9", Toy.spec.home)
    assert [rule["id"] for rule in driver["rules"]] == ["TOY1"]
    assert driver["rules"][0]["helpUri"] == "https://toy.example/rules/TOY1"
    assert [each["ruleId"] for each in results] == ["TOY1"]


def test_doctor_shows_the_toy_tool(folder: Path) -> None:
    (folder / "toy.toml").write_text("")
    report = json.loads(run(folder, "doctor", "--output-format", "json").stdout)
    assert [*report["tools"]] == [*ALL_NAMES, TOY]
    toy = report["tools"][TOY]
    assert (toy["version"], toy["error"], toy["enabled"]) == ("7.8.9", "", True)
    assert (toy["config"], toy["profile"]) == (str(folder / "toy.toml"), "project")


def test_the_gate_uses_the_toy_tool_s_findings(project: ProjectFactory) -> None:
    before, after = (
        "def f() -> int:\n    return 1\n",
        'def f() -> int:\n    """{}."""\n    return 1\n',
    )
    names = {"todo": "TODO", "done": "Done"}
    files = {f"{name}/x.py": after.format(word) for name, word in names.items()}
    folder = project({"pyproject.toml": ONLY_TOY, "x.py": before} | files)
    for name in names:
        done = run(folder, "gate", "--action", "add-docstrings", "x.py", f"{name}/x.py")
        assert ("toy-lint would find" in done.stdout) is (name == "todo"), done.stderr
        assert done.returncode == (name == "todo")


# Settings


def test_the_toy_tool_s_settings_are_read_in_every_spelling() -> None:
    assert SCHEMA().tools.of(TOY).debounce_ms == 50
    for name in ("toy-lint", "toyLint", "toy_lint"):
        values = {"tools": {name: {"enabled": False, "debounceMs": 7, "severity": "hint"}}}
        settings, faults = merge([Layer("editor", values)], SCHEMA)
        toy = settings.tools.of(TOY)
        assert (toy.enabled, toy.debounce_ms, faults) == (False, 7, [])
        assert toy.severity_of("TOY1") is Severity.HINT


def test_a_tool_that_does_not_exist_is_reported() -> None:
    _, (fault,) = merge([Layer("editor", {"tools": {"toyLinter": {}}})], SCHEMA)
    assert fault.endswith("'tools.toy-linter' is ignored; did you mean 'toy-lint'?")
    _, (fault,) = merge([Layer("editor", {"tools": {"toyLint": {}}})], schema(SPECS))
    assert "unknown setting 'tools.toy-lint'" in fault


def test_a_cloned_repository_cannot_choose_the_tool_s_program() -> None:
    layer = Layer("pyproject.toml", {"tools": {"toy-lint": {"path": "./evil"}}}, from_project=True)
    settings, (fault,) = merge([layer], SCHEMA)
    assert settings.tools.of(TOY).path is None
    assert "tools.toy-lint.path" in fault


# The editor


def test_an_editor_shows_the_toy_tool_s_findings_settings_and_status(
    folder: Path, client: ClientFactory
) -> None:
    editor = client(patched(SCRIPT))
    tools = {"toyLint": {"severity": {"TOY": "error"}, "debounceMs": 0}}
    editor.configuration["pythonExpert"] = {"tools": tools}
    editor.initialize([folder], capabilities={"experimental": {"pythonExpertStatus": True}})
    document = editor.open(folder / "a.py", TEXT)
    editor.wait_diagnostics(document, lambda items: codes(items, "Toy Lint") == ["TOY1"])
    (item,) = editor.diagnostics(document)
    assert item["severity"] == Severity.ERROR

    def row() -> dict[str, Any] | None:
        statuses = [params for method, params in editor.notifications if "status" in method]
        rows = [each for each in (statuses[-1]["tools"] if statuses else ()) if each["name"] == TOY]
        return next((each for each in rows if each["state"] == "ready" and each["version"]), None)

    assert editor.wait(row, "the status")["version"] == "7.8.9"
    editor.change(document, 2, [((1, 0), (2, 0), "")])
    editor.wait_diagnostics(document, lambda items: not items, 2)
    start = len(editor.notifications)
    editor.configuration["pythonExpert"] = {"tools": {"toyLint": {"enabled": False}}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    editor.wait(
        lambda: any(
            each["name"] == TOY and each["state"] == "off"
            for method, params in editor.notifications[start:]
            if "status" in method
            for each in params["tools"]
        ),
        "that it is off",
    )


# Optional features of tools


def project_with(kind: type[Toy], folder: Path, **settings: object) -> Project:
    """A project with the toy tool switched on; ruff is the only other tool, switched off."""
    off: dict[str, object] = {RUFF: {"enabled": False}}
    layer = Layer("test", {"tools": off | {TOY: {"debounce_ms": 0}}} | settings)
    events = Events(lambda _reports: None, lambda _problem: None)
    merged_settings, _ = merge([layer], schema((Ruff.spec, kind.spec)))
    return Project(folder, merged_settings, events, (Ruff, kind))


def variant(**changes: Any) -> type[Toy]:  # noqa: ANN401 - fields of a dataclass
    """Return the toy tool with another spec."""
    return type("Variant", (Toy,), {"spec": replace(Toy.spec, **changes)})


def checks(kind: type[Toy], folder: Path) -> list[int]:
    """Return the number of checks after opening, changing, a change on disk, and saving."""
    uri = (folder / "a.py").as_uri()
    counts = []

    async def scenario() -> None:
        project = project_with(kind, folder)
        toy = project.tools[TOY]
        assert isinstance(toy, Toy)
        steps: tuple[Callable[[], None], ...] = (
            partial(project.changed, Document.of(uri, 1, TEXT)),
            partial(project.changed, Document.of(uri, 2, TEXT)),
            project.disk_changed,
            partial(project.saved, uri),
        )
        for step in steps:
            step()
            await project.settled(uri, [TOY])
            counts.append(toy.checked)
        await project.stop()

    asyncio.run(scenario())
    return counts


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (Trigger.TYPING, [1, 2, 2, 2]),
        (Trigger.SAVING, [1, 1, 1, 2]),
        (Trigger.COMMAND, [0, 0, 0, 0]),
    ],
)
def test_a_tool_is_called_only_for_its_triggers(
    folder: Path, when: Trigger, expected: list[int]
) -> None:
    assert checks(variant(when=when), folder) == expected


@pytest.mark.parametrize("trusted", [True, False])
def test_a_tool_that_needs_trust_is_off_without_it(folder: Path, trusted: bool) -> None:  # noqa: FBT001 - a parameter of the test
    project = project_with(variant(needs_trust=True), folder, trusted=trusted)
    assert (TOY in project.tools) is trusted
    assert project.status[TOY].state is (State.READY if trusted else State.OFF)


def judged(kind: type[Toy], folder: Path) -> Judgement:
    """Return the tools' judgement on a candidate that contains the toy's word."""
    document = Document.of((folder / "a.py").as_uri(), 1, "x = 1\n")
    baseline = Baseline(document.text, ())

    async def same() -> Baseline:
        return baseline

    async def scenario() -> Judgement:
        project = project_with(kind, folder)
        judgement = await Judge(project, document, []).judge("x = 1  # TODO\n", baseline, same)
        await project.stop()
        return judgement

    return asyncio.run(scenario())


@pytest.mark.parametrize("role", Role)
def test_the_gate_uses_only_tools_whose_role_is_findings(folder: Path, role: Role) -> None:
    judgement = judged(variant(role=role), folder)
    assert [each.finding.code for each in judgement.blocking] == ["TOY1"] * (role is Role.FINDINGS)


# It is not treated as mypy


def kept_toys(toys: Sequence[Finding], others: Sequence[Finding]) -> list[Finding]:
    """Return the toy's findings that are shown together with those of ruff."""
    reports = {RUFF: others, TOY: toys}
    document = Document.of("file:///a.py", 1, TEXT)
    rules = MERGING | {TOY: Toy.spec.merging}
    return [each for each in merged(reports, [], document, rules) if each.tool == TOY]


@pytest.mark.parametrize(
    ("code", "rule"), [("name-defined", "F821"), ("syntax", "invalid-syntax"), ("B602", "S602")]
)
def test_a_code_that_equals_one_of_another_tool_has_no_meaning(code: str, rule: str) -> None:
    mine, ruffs = finding(code, 0), finding(rule, 0)._replace(tool=RUFF)
    assert kept_toys([mine], [ruffs]) == [mine]
    silenced = Document.of("file:///a.py", 1, "x = 1  # noqa: F821, S602\n")
    assert merged({TOY: [mine]}, [], silenced, MERGING) == [mine]


def test_a_tool_may_declare_duplicates_with_any_tool() -> None:
    rules = MERGING | {TOY: MergeRules(MYPY, {"TOY1": "misc"})}
    mypys = finding("misc", 1)._replace(tool=MYPY)
    document = Document.of("file:///a.py", 1, TEXT)
    mine = [finding("TOY1", 0), finding("TOY1", 1), finding("TOY2", 1)]
    shown = merged({TOY: mine, MYPY: [mypys]}, [], document, rules)
    assert shown == [mine[0], mine[2], mypys]


def test_the_gate_uses_a_code_that_it_ignores_only_for_mypy(folder: Path) -> None:
    class Untyped(Toy):
        """Reports a code that the gate ignores only for mypy."""

        async def what_if(self, *args: Any, **more: Any) -> list[Report]:  # noqa: ANN401
            (report,) = await super().what_if(*args, **more)
            findings = [each._replace(code="no-untyped-def") for each in report.findings]
            return [report._replace(findings=tuple(findings))]

    assert len(judged(Untyped, folder).blocking) == 1


def test_a_tool_name_survives_copying_and_pickling() -> None:
    name = ToolName("toy", "Toy")
    for same in (copy.deepcopy(name), pickle.loads(pickle.dumps(name))):  # noqa: S301 - our own data
        assert (same, same.title, type(same)) == (name, "Toy", ToolName)
