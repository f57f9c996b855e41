"""Settings of a running server: their sources, and the effect of changes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.client import Client, codes, shows, uri
from tests.conftest import RUFF_ONLY, children, patched, write
from tests.unit.test_settings import HINTS, Item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import ClientFactory, ProjectFactory

pytestmark = pytest.mark.one_python

NO_CONFIGURATION = {"workspace": {"configuration": None}}

EXPERT_ONLY = "import os\n\nx = eval('1')\n"
"""A text with a finding of F401, a default rule of ruff, and of S307, which is not a default."""


def severities(items: list[Item]) -> dict[str, int]:
    return {item["code"]: item["severity"] for item in items}


def graded(**expected: int) -> Callable[[list[Item]], bool]:
    return lambda items: severities(items) == expected


@pytest.mark.parametrize("options", [HINTS, {"pythonExpert": HINTS}])
def test_initialization_options_apply_with_or_without_their_section(
    client: ClientFactory, project: ProjectFactory, options: Item
) -> None:
    editor = client()
    editor.initialize(options=options, capabilities=NO_CONFIGURATION)
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n")
    assert severities(editor.wait_diagnostics(document, bool)) == {"F401": 4}
    assert editor.messages == []


def test_initialization_options_set_the_log_file(
    client: ClientFactory, project: ProjectFactory, tmp_path: Path
) -> None:
    log = tmp_path / "the.log"
    editor = client()
    editor.initialize(
        options={"logFile": str(log), "logLevel": "debug"}, capabilities=NO_CONFIGURATION
    )
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n")
    editor.wait_diagnostics(document, bool)
    assert "ruff started" in log.read_text()


def test_the_editor_s_configuration_is_requested_and_updated(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY})
    editor = client()
    editor.initialize(
        [folder],
        options={"tools": {"ruff": {"severity": {"F": "warning", "S": "hint"}}}},
        configuration={"pythonExpert": {"tools": {"ruff": {"severity": {"F": "error"}}}}},
    )
    document = editor.open(folder / "x.py", EXPERT_ONLY)
    assert severities(editor.wait_diagnostics(document, bool)) == {"F401": 1, "S307": 4}
    registered = [
        registration["method"]
        for method, params in editor.requests
        if method == "client/registerCapability"
        for registration in params["registrations"]
    ]
    assert "workspace/didChangeConfiguration" in registered
    before = children(editor.pid)
    editor.configuration["pythonExpert"] = {"tools": {"ruff": {"severity": {"F401": "hint"}}}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    editor.wait_diagnostics(document, lambda items: severities(items)["F401"] == 4)
    assert children(editor.pid) == before
    editor.configuration["pythonExpert"] = {"tools": {"ruff": {"enabled": False}}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    editor.wait_diagnostics(document, lambda items: not items)
    editor.configuration["pythonExpert"] = {"profile": "project"}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    editor.wait_diagnostics(document, lambda items: "F401" in codes(items))
    assert "S307" not in codes(editor.diagnostics(document))


def test_a_client_without_workspace_configuration_sends_changed_settings(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    editor.initialize(capabilities=NO_CONFIGURATION)
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n")
    editor.wait_diagnostics(document, lambda items: severities(items).get("F401") == 2)
    for settings, severity in (
        ({"pythonExpert": HINTS}, 4),
        ({"tools": {"ruff": {"severity": "error"}}}, 1),
        ({}, 2),
        (None, 2),
    ):
        editor.notify("workspace/didChangeConfiguration", {"settings": settings})
        editor.wait_diagnostics(document, graded(F401=severity))
    assert "workspace/configuration" not in [method for method, _ in editor.requests]


def test_a_malformed_setting_is_named_once_and_ignored(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY}, "one")
    other = project({"pyproject.toml": RUFF_ONLY}, "two")
    editor = client()
    wrong = {**HINTS, "profil": "expert", "import-strategy": 5}
    editor.initialize([folder, other], configuration={"pythonExpert": wrong})
    for path in (folder / "x.py", other / "x.py"):
        document = editor.open(path, "import os\n")
        editor.wait_diagnostics(document, graded(F401=4))
    editor.configuration["pythonExpert"] = {**wrong, "tools": {"ruff": {"severity": "error"}}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    editor.wait_diagnostics(document, graded(F401=1))
    logged = sorted(message["message"] for message in editor.messages)
    assert len(logged) == 2
    assert "'import-strategy'" in logged[0]
    assert "did you mean 'profile'?" in logged[1]


@pytest.fixture(scope="module")
def watching_server() -> Iterator[Client]:
    """A server that relies on its client to watch files and does not poll."""
    with Client(patched("from python_expert.lsp import session; session.POLL_S = 9999")) as client:
        client.initialize()
        yield client


@pytest.fixture(scope="module")
def polling_server() -> Iterator[Client]:
    """A server whose client does not watch files."""
    code = "from python_expert.lsp import session; session.POLL_S = 0.2"
    with Client(patched(code)) as client:
        client.initialize(capabilities={"workspace": {"didChangeWatchedFiles": None}})
        yield client


@pytest.fixture(params=["watching_server", "polling_server"])
def observer(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A server that notices changes on disk, by watching or by polling."""
    editor: Client = request.getfixturevalue(request.param)
    yield editor
    for document in tuple(editor.opened):
        editor.close(document)
    assert not editor.take_faults()


def rewrite(editor: Client, path: Path, text: str | None) -> None:
    """Change or delete a file, and notify the server if the client watches files."""
    kind = 2 if path.exists() else 1
    if text is None:
        path.unlink()
        kind = 3
    else:
        path.write_text(text)
    if any(
        method == "client/registerCapability" and "files" in str(params)
        for method, params in editor.requests
    ):
        event = {"changes": [{"uri": uri(path), "type": kind}]}
        editor.notify("workspace/didChangeWatchedFiles", event)


def test_settings_in_pyproject_toml_and_their_changes_take_effect(
    observer: Client, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY})
    document = observer.open(folder / "x.py", EXPERT_ONLY)
    observer.wait_diagnostics(document, shows("F401", "S307"))
    settings = '[tool.python-expert]\nprofile = "project"\n'
    rewrite(observer, folder / "pyproject.toml", RUFF_ONLY + settings)
    observer.wait_diagnostics(
        document, lambda items: "F401" in codes(items) and "S307" not in codes(items)
    )
    rewrite(observer, folder / "pyproject.toml", RUFF_ONLY + 'ruff.severity = { S = "hint" }\n')
    observer.wait_diagnostics(document, lambda items: severities(items).get("S307") == 4)


@pytest.mark.parametrize("name", ["ruff.toml", ".ruff.toml", "pyproject.toml"])
def test_a_changed_ruff_configuration_takes_effect(
    observer: Client, project: ProjectFactory, name: str
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY})
    document = observer.open(folder / "sub" / "x.py", EXPERT_ONLY)
    observer.wait_diagnostics(document, shows("F401", "S307"))
    in_pyproject = name == "pyproject.toml"
    before, table = (RUFF_ONLY, "[tool.ruff.lint]\n") if in_pyproject else ("", "[lint]\n")
    for rule in ("F401", "S307"):
        rewrite(observer, folder / name, f'{before}{table}select = ["{rule}"]\n')
        observer.wait_diagnostics(document, shows(rule))
    rewrite(observer, folder / name, before if in_pyproject else None)
    observer.wait_diagnostics(document, shows("F401", "S307"))


def test_a_changed_mypy_configuration_takes_effect(
    observer: Client, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": "[tool.python-expert.tools]\nbandit.enabled = false\n"})
    document = observer.open(folder / "x.py", "def f(x):\n    return x\n")
    observer.wait_diagnostics(document, shows("no-untyped-def"))
    rewrite(observer, folder / "mypy.ini", "[mypy]\n")
    observer.wait_diagnostics(document, lambda items: not items)


def test_a_file_that_becomes_excluded_loses_its_findings(
    observer: Client, project: ProjectFactory
) -> None:
    text = "import subprocess\n"
    bandit_too = "[tool.python-expert.tools]\nmypy.enabled = false\n"
    folder = project({"pyproject.toml": bandit_too, "x.py": text})
    document = observer.open(folder / "x.py", text)
    observer.wait_diagnostics(document, shows("B404", "F401"))
    rewrite(observer, folder / "ruff.toml", 'extend-exclude = ["x.py"]\n')
    observer.wait_diagnostics(document, lambda items: not items)


def test_after_a_save_the_configuration_is_read_again(
    watching_server: Client, project: ProjectFactory
) -> None:
    editor = watching_server
    folder = project({"pyproject.toml": RUFF_ONLY})
    document = editor.open(folder / "x.py", EXPERT_ONLY)
    editor.wait_diagnostics(document, shows("F401", "S307"))
    (folder / "ruff.toml").write_text('lint.select = ["F401"]\n')
    editor.save(document)
    editor.wait_diagnostics(document, shows("F401"))
    editor.close(document)


def test_mypy_uses_changes_on_disk(watching_server: Client, project: ProjectFactory) -> None:
    editor = watching_server
    folder = project({"pyproject.toml": "", "other.py": "VALUE: int = 1\n"})
    document = editor.open(folder / "x.py", "from other import VALUE\n\nx: int = VALUE\n")
    wrong = editor.open(folder / "y.py", "y: int = ''\n")
    editor.wait_diagnostics(wrong, shows("assignment"))
    assert editor.diagnostics(document) == []
    rewrite(editor, folder / "other.py", 'VALUE: str = "1"\n')
    editor.wait_diagnostics(document, shows("assignment"))
    editor.close(document)
    editor.close(wrong)


def test_without_file_watching_mypy_rereads_the_disk_after_a_save(
    polling_server: Client, project: ProjectFactory
) -> None:
    editor = polling_server
    folder = project({"pyproject.toml": "", "other.py": "VALUE: int = 1\n"})
    text = "from other import VALUE\n\nx: int = VALUE\ny: int = ''\n"
    document = editor.open(folder / "x.py", text)
    editor.wait_diagnostics(document, shows("assignment"))
    (folder / "other.py").write_text("VALUE: str = ''\n")
    editor.save(document)
    editor.wait_diagnostics(document, shows("assignment", "assignment"))
    editor.close(document)


def test_settings_forbidden_to_a_repository_are_ignored_and_reported_once(
    client: ClientFactory, project: ProjectFactory, tmp_path: Path
) -> None:
    trap = tmp_path / "sprung"
    evil = write(tmp_path, {"evil": f"#!/bin/sh\ntouch {trap}\n"}) / "evil"
    evil.chmod(0o755)
    log = tmp_path / "evil.log"
    folder = project(
        {
            "pyproject.toml": f"""
[tool.python-expert]
interpreter = "{evil}"
trusted = true
log-file = "{log}"
[tool.python-expert.tools]
ruff = {{ path = "{evil}", args = ["--select", "E"] }}
mypy = {{ enabled = false, path = "{evil}" }}
bandit = {{ path = "{evil}" }}
"""
        }
    )
    editor = client()
    editor.initialize(options={"trusted": False})
    document = editor.open(folder / "x.py", "import subprocess\n")
    editor.wait_diagnostics(document, shows("B404", "F401"))
    again = editor.open(folder / "y.py", "import subprocess\n")
    editor.wait_diagnostics(again, shows("B404", "F401"))
    named = sorted(message["message"].split("'")[1] for message in editor.messages)
    assert named == [
        *("interpreter", "log-file", "tools.bandit.path", "tools.mypy.path"),
        *("tools.ruff.args", "tools.ruff.path", "trusted"),
    ]
    assert not trap.exists()
    assert not log.exists()


def test_severities_follow_the_longest_prefix(editor: Client, project: ProjectFactory) -> None:
    severity = 'ruff.severity = { "" = "information", S = "error", S3 = "hint" }'
    folder = project({"pyproject.toml": f"{RUFF_ONLY}\n{severity}\n"})
    text = EXPERT_ONLY + "assert x\n"
    document = editor.open(folder / "x.py", text)
    items = editor.wait_diagnostics(document, bool)
    assert severities(items) == {"F401": 3, "S307": 4, "S101": 1}


def test_switching_a_tool_off_removes_its_findings(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": "[tool.python-expert.tools]\nmypy.enabled = false\n"})
    editor = client()
    editor.initialize([folder])
    document = editor.open(folder / "x.py", "import subprocess\n")
    editor.wait_diagnostics(document, shows("B404", "F401"))
    for off, left in (("bandit", ["F401"]), ("ruff", ["B404"]), ("mypy", ["B404", "F401"])):
        editor.configuration["pythonExpert"] = {"tools": {off: {"enabled": False}}}
        editor.notify("workspace/didChangeConfiguration", {"settings": None})
        editor.wait_diagnostics(document, shows(*left))


@pytest.mark.parametrize(
    ("profile", "configured", "expert"),
    [
        ("auto", False, True),
        ("auto", True, False),
        ("expert", True, True),
        ("project", False, False),
    ],
)
def test_the_profile_selects_ruffs_rules(
    editor: Client, project: ProjectFactory, *, profile: str, configured: bool, expert: bool
) -> None:
    settings = f'{RUFF_ONLY}\n[tool.python-expert]\nprofile = "{profile}"\n'
    files = {"pyproject.toml": settings}
    if configured:
        files["ruff.toml"] = "line-length = 99\n"
    document = editor.open(project(files) / "x.py", EXPERT_ONLY)
    items = editor.wait_diagnostics(document, lambda items: "F401" in codes(items))
    assert ("S307" in codes(items)) is expert


def test_in_a_monorepo_the_profile_is_selected_per_file(
    editor: Client, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY, "part/ruff.toml": 'lint.select = ["F"]\n'})
    ruled = editor.open(folder / "part" / "x.py", EXPERT_ONLY)
    free = editor.open(folder / "x.py", EXPERT_ONLY)
    editor.wait_diagnostics(ruled, shows("F401"))
    editor.wait_diagnostics(free, shows("F401", "S307"))


def test_the_profile_is_selected_per_tool(
    editor: Client, project: ProjectFactory, typed: Path
) -> None:
    text = "import subprocess\n\n\ndef f(x):\n    return x\n\n\ny: int = ''\n"
    strict = editor.open(typed / "profile.py", text)
    everything = ["B404", "F401", "assignment", "no-untyped-def"]
    editor.wait_diagnostics(strict, shows(*everything))
    folder = project({"pyproject.toml": "", "mypy.ini": "[mypy]\n"})
    lax = editor.open(folder / "x.py", text)
    editor.wait_diagnostics(lax, shows("B404", "F401", "assignment"))


def test_the_expert_profile_can_replace_a_project_s_rules(
    editor: Client, project: ProjectFactory
) -> None:
    settings = '[tool.python-expert]\nprofile = "expert"\n'
    folder = project({"pyproject.toml": settings, "mypy.ini": "[mypy]\n"})
    document = editor.open(folder / "x.py", "def f(x):\n    return x\n")
    editor.wait_diagnostics(document, shows("no-untyped-def"))


def test_asserts_are_allowed_only_in_tests(editor: Client, project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": "[tool.python-expert.tools]\nmypy.enabled = false\n"})
    text = "import subprocess\n\nassert subprocess\n"
    for name, found in (
        ("x.py", ["B404", "S101"]),
        ("test_x.py", ["B404"]),
        ("tests/x.py", ["B404"]),
        ("conftest.py", ["B404"]),
    ):
        document = editor.open(folder / name, text)
        editor.wait_diagnostics(document, shows(*found))


TRAP = """\
import pathlib
pathlib.Path({mark!r}).touch()
"""


@pytest.fixture
def trapped(project: ProjectFactory, tmp_path: Path) -> Path:
    """A project that leaves a mark in ``marks`` for each part of it that runs."""
    marks = tmp_path / "marks"
    marks.mkdir()
    site = f".venv/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    ruff = Path(sys.executable).parent / "ruff"
    folder = project(
        {
            "pyproject.toml": "",
            "mypy.ini": "[mypy]\nplugins = plugin.py\npython_executable = .venv/bin/python\n",
            "plugin.py": TRAP.format(mark=str(marks / "plugin"))
            + "from mypy.plugin import Plugin\ndef plugin(version): return Plugin\n",
            **{
                f"{module}.py": TRAP.format(mark=str(marks / "module"))
                for module in ("json", "mypy", "bandit", "sitecustomize", "usercustomize", "orjson")
            },
            ".venv/pyvenv.cfg": "home = /nowhere\n",
            f"{site}/ruff-0.17.6.dist-info/METADATA": "",
            f"{site}/mypy-2.4.1.dist-info/METADATA": "",
            ".venv/bin/ruff": f'#!/bin/sh\ntouch {marks}/ruff\nexec {ruff} "$@"\n',
            ".venv/bin/python": f'#!/bin/sh\ntouch {marks}/python\nexec {sys.executable} "$@"\n',
        }
    )
    for program in ("ruff", "python"):
        (folder / ".venv/bin" / program).chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("trusted", "marks"), [(False, set()), (True, {"plugin", "ruff", "python"})]
)
def test_no_code_of_an_untrusted_project_runs(
    client: ClientFactory, trapped: Path, *, trusted: bool, marks: set[str]
) -> None:
    editor = client(env={"VIRTUAL_ENV": None})
    editor.initialize([trapped], configuration={"pythonExpert": {"trusted": trusted}})
    text = "import subprocess\nimport os\n\nx: int = ''\n"
    document = editor.open(trapped / "x.py", text)
    editor.wait_diagnostics(
        document, lambda items: {"B404", "F401", "assignment"} <= set(codes(items))
    )
    params = {
        "textDocument": {"uri": document},
        "options": {"tabSize": 4, "insertSpaces": True},
    }
    assert editor.request("textDocument/formatting", params)
    found = {mark.name for mark in (trapped.parent / "marks").iterdir()}
    assert found == marks
