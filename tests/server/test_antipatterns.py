"""Our own rules on the command line and in the editor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from python_expert.tools.antipatterns.rules.registry import RULES
from python_expert.tools.antipatterns.spec import SPEC
from python_expert.tools.antipatterns.tool import LONG, MANY
from tests.client import codes
from tests.conftest import RUFF_ONLY, workers
from tests.server.antipattern_samples import SAMPLES
from tests.server.test_cli import cli
from tests.unit.own_rules import PAGES, samples

if TYPE_CHECKING:
    from tests.conftest import ClientFactory, ProjectFactory

pytestmark = pytest.mark.one_python

TEXT = """\
def f(xs: list[int]) -> str:
    s = ""
    for x in xs:
        s += str(x)
    return s
"""
SOURCE = "Python Expert"
NOT_MEANT = {"import-not-found", "ARG001"}
"""Findings in good samples that are unrelated to the anti-pattern, as of missing modules."""


def test_check_runs_our_rules_in_every_format(project: ProjectFactory) -> None:
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


def test_ruff_keeps_noqa_comments_for_our_rules(project: ProjectFactory) -> None:
    text = TEXT.replace("str(x)", "str(x)  # noqa: PE001")
    folder = project({"pyproject.toml": "", "a.py": text})
    assert cli("check", "a.py", "--fix", cwd=folder).returncode == 0
    assert (folder / "a.py").read_text("utf-8") == text


def test_a_project_that_uses_only_its_own_rules_gets_no_findings_of_ours(
    project: ProjectFactory,
) -> None:
    folder = project(
        {"pyproject.toml": "[tool.python-expert]\nprofile = 'project'\n", "a.py": TEXT}
    )
    assert cli("check", "a.py", "--select", "PE", cwd=folder).returncode == 0


def test_an_editor_shows_our_findings_with_a_fix(
    project: ProjectFactory, client: ClientFactory
) -> None:
    folder = project({"pyproject.toml": "", "a.py": ""})
    editor = client()
    editor.initialize([folder])
    document = editor.open(folder / "a.py", TEXT)
    editor.wait_diagnostics(document, lambda items: codes(items, SOURCE) == ["PE001"])
    editor.configuration["pythonExpert"] = {"tools": {"antipatterns": {"enabled": False}}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    editor.wait_diagnostics(document, lambda items: not codes(items, SOURCE))


def test_each_anti_pattern_is_reported_and_its_remedy_is_not(project: ProjectFactory) -> None:
    files = {"pyproject.toml": ""}
    for number, sample in enumerate(SAMPLES):
        files |= {f"bad_{number}.py": sample.bad, f"good_{number}.py": sample.good}
    own = [
        (rule.code, title, text)
        for rule in RULES
        for title in ("Bad", "Good")
        for text in samples((PAGES / f"{rule.code}.md").read_text("utf-8"), title)
    ]
    files |= {f"{title.lower()}_own_{n}.py": text for n, (_, title, text) in enumerate(own)}
    done = cli("check", ".", "--output-format", "json", cwd=project(files))
    found: dict[str, set[str]] = {}
    for item in json.loads(done.stdout):
        found.setdefault(Path(item["path"]).stem, set()).add(item["code"])
    for number, sample in enumerate(SAMPLES):
        assert found.get(f"bad_{number}", set()) >= {*sample.rules}, sample.name
        assert found.get(f"good_{number}", set()) == set(), sample.name
    for number, (code, title, text) in enumerate(own):
        if title == "Bad":
            # Of files and of numbers, ruff's finding is shown.
            same = {code, *SPEC.merging.codes.get(code, "").split()}
            assert found.get(f"bad_own_{number}", set()) & same, text
        else:
            assert not found.get(f"good_own_{number}", set()) - NOT_MEANT, text


def test_the_documentation_names_each_anti_pattern_with_its_rules() -> None:
    page = (Path(__file__).parents[2] / "docs/antipatterns.md").read_text("utf-8")
    for sample in SAMPLES:
        rules = ", ".join(f"`{rule}`" for rule in sample.rules)
        assert f"| {sample.name} | " in page, sample.name
        assert rules in page
    for rule in RULES:
        link = f"../server/python_expert/tools/antipatterns/rules/{rule.code}.md"
        assert f"| [{rule.code}]({link}) | {rule.name} |" in page


def test_long_and_many_files_are_checked_in_other_processes(project: ProjectFactory) -> None:
    many = {f"m{number}.py": TEXT for number in range(MANY + 1)}
    long = "# é\n" * LONG + TEXT
    folder = project({"pyproject.toml": "", "long.py": long, **many})
    (folder / "latin.py").write_bytes(b"# \xff\n")
    done = cli("check", ".", "--tools", "antipatterns", "--output-format", "json", cwd=folder)
    lines = {Path(item["path"]).name: item["line"] for item in json.loads(done.stdout)}
    assert lines == {"long.py": LONG + 4, **dict.fromkeys(many, 4)}
    assert "latin.py cannot be decoded" in done.stderr
    alone = cli("check", "long.py", "--select", "PE", "--output-format", "json", cwd=folder)
    assert [item["line"] for item in json.loads(alone.stdout)] == [LONG + 4]


def test_edits_of_a_long_file_are_checked_by_one_process(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    folder = project({"pyproject.toml": RUFF_ONLY})
    editor.initialize([folder])
    long = "# é\n" * LONG
    document = editor.open(folder / "long.py", long + TEXT)
    editor.wait_diagnostics(document, lambda found: "PE001" in codes(found))
    started = workers(editor.pid, "antipatterns.worker")
    assert len(started) == 1

    editor.change(document, 2, long + "\n" + TEXT)
    line = LONG + 4
    editor.wait_diagnostics(
        document,
        lambda found: any(
            each["code"] == "PE001" and each["range"]["start"]["line"] == line for each in found
        ),
    )

    assert workers(editor.pid, "antipatterns.worker") == started
