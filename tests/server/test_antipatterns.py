"""Our own rules in the command line and the editor."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.client import codes
from tests.server.test_cli import cli

if TYPE_CHECKING:
    from tests.conftest import ClientFactory, ProjectFactory

TEXT = """\
def f(xs: list[int]) -> str:
    s = ""
    for x in xs:
        s += str(x)
    return s
"""
SOURCE = "Python Expert"


def test_check_runs_them_in_every_format(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": "", "a.py": TEXT, "b.py": "def f(:\n"})
    done = cli("check", "a.py", "--select", "PE", "--output-format", "json", cwd=folder)
    (item,) = json.loads(done.stdout)
    assert (item["source"], item["code"], item["line"], done.returncode) == (SOURCE, "PE001", 4, 1)
    sarif = json.loads(
        cli("check", "a.py", "--select", "PE001", "--output-format", "sarif", cwd=folder).stdout
    )
    (run,) = sarif["runs"]
    assert run["tool"]["driver"]["name"] == SOURCE
    assert cli("check", "b.py", "--tools", "antipatterns", cwd=folder).returncode == 0
    off = cli("check", "a.py", "--tools", "ruff", "--select", "PE", cwd=folder)
    assert "none of the tools ruff has the rules PE" in off.stderr


def test_ruff_keeps_their_comments(project: ProjectFactory) -> None:
    text = TEXT.replace("str(x)", "str(x)  # noqa: PE001")
    folder = project({"pyproject.toml": "", "a.py": text})
    assert cli("check", "a.py", "--fix", cwd=folder).returncode == 0
    assert (folder / "a.py").read_text("utf-8") == text


def test_a_project_that_uses_only_its_own_rules_has_none_of_ours(project: ProjectFactory) -> None:
    folder = project(
        {"pyproject.toml": "[tool.python-expert]\nprofile = 'project'\n", "a.py": TEXT}
    )
    assert cli("check", "a.py", "--select", "PE", cwd=folder).returncode == 0


def test_an_editor_shows_them_with_a_fix(project: ProjectFactory, client: ClientFactory) -> None:
    folder = project({"pyproject.toml": "", "a.py": ""})
    editor = client()
    editor.initialize([folder])
    document = editor.open(folder / "a.py", TEXT)
    editor.wait_diagnostics(document, lambda items: codes(items, SOURCE) == ["PE001"])
    editor.configuration["pythonExpert"] = {"tools": {"antipatterns": {"enabled": False}}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    editor.wait_diagnostics(document, lambda items: not codes(items, SOURCE))
