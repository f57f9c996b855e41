"""Options that change what a project's tools print or write have no effect here."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.text.document import Document, Position, Range
from python_expert.text.paths import to_uri
from python_expert.tools.bandit.bandit_worker import serve
from python_expert.tools.mypy.launch import MypyLaunch
from python_expert.tools.mypy.mypy_worker import neutral
from python_expert.tools.mypy.tool import Mypy
from python_expert.tools.ruff import invocation
from python_expert.tools.ruff.invocation import RuffLaunch
from python_expert.tools.ruff.tool import Ruff
from tests.conftest import write
from tests.server.test_cli import cli
from tests.server.test_ruff import RUFF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.diagnostics.finding import Finding, Report
    from python_expert.tools.base import Tool
    from tests.conftest import ProjectFactory

pytestmark = pytest.mark.one_python


CODE = """\
import os
import subprocess
import sys


def run(command=None):
    if command == None:
        return 1
    subprocess.run(command, shell=True)
    count: int = "many, so many that a line which says so is wrapped where errors are made pretty"
    return count + sys
"""
"""Code with findings of each tool; ruff would fix some, one of them unsafely."""

RUFF_OPTIONS = {
    "fix": "true",
    "fix-only": "true",
    "unsafe-fixes": "true",
    "show-fixes": "true",
    "output-format": '"github"',
    "cache-dir": '"cache"',
}

MYPY_OPTIONS = {
    "what is printed": (
        "pretty = True\ncolor_output = True\nerror_summary = True\nshow_error_context = True\n"
        "show_column_numbers = True\nshow_error_end = True\nshow_absolute_path = True\n"
        "hide_error_codes = True\nshow_error_code_links = True\nverbosity = 2\nbazel = True\n"
        "output = json\ndump_deps = True\ndump_type_stats = True\ndump_inference_stats = True\n"
        "dump_build_stats = True\npdb = True\n"
    ),
    "unused sections": "warn_unused_configs = True\n[mypy-other.*]\nignore_errors = True\n",
    "a dump of the graph": "dump_graph = True\n",
    "files": (
        "junit_xml = out/junit.xml\njunit_format = per_file\ntiming_stats = timing\n"
        "line_checking_stats = lines\nexport_ref_info = True\nlogical_deps = True\n"
        "debug_cache = True\ncache_dir = cache\nsqlite_cache = False\n"
        "any_exprs_report = reports\nhtml_report = reports\nlinecount_report = reports\n"
        "linecoverage_report = reports\nlineprecision_report = reports\ntxt_report = reports\n"
    ),
    "packages and the cache": (
        "install_types = True\nnon_interactive = True\n"
        "incremental = False\nskip_cache_mtime_checks = True\nskip_version_check = True\n"
        "num_workers = 2\n"
    ),
}

BANDIT_OPTIONS = {
    "format": "custom",
    "msg-template": "{msg}",
    "output": "report.txt",
    "verbose": "true",
    "debug": "true",
    "quiet": "true",
    "exit-zero": "true",
    "number": "1",
    "aggregate": "file",
    "recursive": "true",
    "baseline": "baseline.json",
    "targets": "nowhere",
}


def contents(folder: Path) -> dict[Path, bytes | None]:
    """Return all files and folders in a folder, with the files' contents."""
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def found(folder: Path, tool: str, *more: str, stdin: str = "", **env: str) -> tuple[str, int]:
    """Return the output and status of ``check``; assert that the folder is unchanged."""
    before = contents(folder)
    what = ["-", "--stdin-filename", "x.py"] if stdin else ["."]
    options = ["--tools", tool, "--output-format", "json", *more]
    done = cli("check", *what, *options, cwd=folder, stdin=stdin, env=env)
    assert contents(folder) == before
    assert not done.stderr, done.stderr
    return done.stdout, done.returncode


def findings_by_mode(tool: Tool, path: Path) -> list[Sequence[Finding]]:
    """Return a tool's findings while you type, in a hypothetical text, and on disk."""
    document = Document.of(to_uri(path), 1, CODE)

    async def ask() -> list[list[Report]]:
        try:
            live = await tool.check([document])
            imagined = await tool.what_if([document], document, CODE + "\n")
            return [live, imagined, *[batch async for batch in tool.check_files([path])]]
        finally:
            await tool.stop()

    before = contents(path.parent)
    answers = asyncio.run(ask())
    assert contents(path.parent) == before
    return [sorted(map(_placeless, report.findings)) for each in answers for report in each]


def _placeless(finding: Finding) -> Finding:
    return finding._replace(notes=tuple(note._replace(uri="") for note in finding.notes))


# Ruff


def _ruff_project(project: ProjectFactory, option: str, name: str) -> Path:
    select = 'lint.select = ["F", "E7", "S6", "I"]\n'
    return project({"pyproject.toml": "", "ruff.toml": option + select, "x.py": CODE}, name)


def test_each_overridden_option_of_ruff_is_tested_here() -> None:
    assert RUFF_OPTIONS.keys() == invocation.NEUTRAL.keys()


@pytest.mark.parametrize("option", RUFF_OPTIONS)
def test_no_option_makes_ruff_change_files_or_miss_findings(
    project: ProjectFactory, option: str
) -> None:
    plain = _ruff_project(project, "", "plain")
    folder = _ruff_project(project, f"{option} = {RUFF_OPTIONS[option]}\n", "configured")
    expected = found(plain, "ruff")
    assert "F401" in expected[0]
    assert found(folder, "ruff") == expected
    assert found(folder, "ruff", stdin=CODE) == expected
    asked_here, asked_there = (
        findings_by_mode(Ruff(RuffLaunch(RUFF, each), lambda _path: None), each / "x.py")
        for each in (folder, plain)
    )
    assert asked_here == asked_there


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RUFF_OUTPUT_FORMAT", "github"),
        ("RUFF_OUTPUT_FILE", "out.txt"),
        ("RUFF_NO_CACHE", "1"),
        ("RUFF_CACHE_DIR", "cache"),
        ("FORCE_COLOR", "1"),
    ],
)
def test_environment_variables_for_ruff_have_no_effect(
    project: ProjectFactory, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    folder = _ruff_project(project, "", "plain")
    expected = found(folder, "ruff")
    if name.startswith("RUFF"):
        assert found(folder, "ruff", **{name: value}) == expected
    monkeypatch.setenv(name, value)
    before = contents(folder)
    ruff = Ruff(RuffLaunch(RUFF, folder), lambda _path: None)
    document = Document.of(to_uri(folder / "x.py"), 1, CODE)
    assert "x = 1\n" in asyncio.run(ruff.formatted(document, "x  =  1\n"))
    assert contents(folder) == before


@pytest.mark.parametrize("option", ["fix = true", "fix-only = true", 'output-format = "github"'])
def test_a_rewrite_is_judged_with_any_output_format_of_ruff(
    project: ProjectFactory, option: str
) -> None:
    text = "import os\n\n\ndef load_area(width: int | None = None) -> int:\n    return width or 3\n"
    settings = f"[tool.ruff]\n{option}\n[tool.python-expert.tools]\nmypy.enabled = false\n"
    folder = project({"pyproject.toml": settings, "x.py": text})
    words = ["add-docstrings", "x.py", "--provider", "offline"]
    done = cli("rewrite", *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert '+    """' in done.stdout
    after = text.replace("    return", '    """Tell the area."""\n    return')
    write(folder / "after", {"x.py": after})
    done = cli("gate", "--action", "add-docstrings", "x.py", "after/x.py", cwd=folder)
    assert done.returncode == 0, done.stdout


def test_fix_all_applies_safe_fixes_only(
    project: ProjectFactory,
) -> None:
    folder = _ruff_project(project, "unsafe-fixes = true\n", "project")
    document = Document.of(to_uri(folder / "x.py"), 1, CODE)
    where = Range(Position(0, 0), document.end)

    async def fix() -> list[dict[str, Any]]:
        ruff = Ruff(RuffLaunch(RUFF, folder), lambda _path: None)
        try:
            return await ruff.code_actions(document, where, ["source.fixAll"])
        finally:
            await ruff.stop()

    (action,) = asyncio.run(fix())
    assert "command is None" not in str(action["edit"])


# Mypy


def _mypy_project(project: ProjectFactory, options: str, name: str) -> Path:
    ini = f"[mypy]\nstrict = True\n{options}"
    return project({"pyproject.toml": "", "mypy.ini": ini, "x.py": CODE}, name)


def _mypy(folder: Path) -> Mypy:
    return Mypy(MypyLaunch(Path(sys.executable), folder, ("--config-file", "mypy.ini")))


@pytest.fixture(scope="module")
def mypy_finds(tmp_path_factory: pytest.TempPathFactory) -> list[Sequence[Finding]]:
    """Return mypy's findings without any of these options."""
    files = {"mypy.ini": "[mypy]\nstrict = True\n", "x.py": CODE}
    folder = write(tmp_path_factory.mktemp("plain"), files)
    return findings_by_mode(_mypy(folder), folder / "x.py")


def test_each_overridden_option_of_mypy_is_tested_here() -> None:
    lines = "".join(MYPY_OPTIONS.values()).splitlines()
    tried = {line.partition(" ")[0] for line in lines}
    assert neutral.NEUTRAL.keys() - tried == {"report_dirs"}


@pytest.mark.parametrize("group", MYPY_OPTIONS)
def test_no_option_changes_mypys_findings_or_makes_it_write_files(
    project: ProjectFactory, mypy_finds: list[Sequence[Finding]], group: str
) -> None:
    folder = _mypy_project(project, MYPY_OPTIONS[group], "configured")
    assert findings_by_mode(_mypy(folder), folder / "x.py") == mypy_finds
    assert any("no-untyped-def" in str(each) for each in mypy_finds)


def test_environment_variables_for_mypy_have_no_effect(
    project: ProjectFactory,
    mypy_finds: list[Sequence[Finding]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = _mypy_project(project, "", "configured")
    for name in neutral.VARIABLES:
        monkeypatch.setenv(name, "1" if name.endswith("COLOR") else str(folder / "nonsense"))
    assert findings_by_mode(_mypy(folder), folder / "x.py") == mypy_finds


# Bandit


@pytest.mark.parametrize("option", BANDIT_OPTIONS)
def test_no_option_makes_bandit_write_files_or_miss_findings(
    project: ProjectFactory, option: str
) -> None:
    files = {"pyproject.toml": "", "x.py": CODE}
    plain = project({**files, ".bandit": "[bandit]\n"}, "plain")
    ini = f"[bandit]\n{option} = {BANDIT_OPTIONS[option]}\n"
    folder = project({**files, ".bandit": ini}, "configured")
    expected = found(plain, "bandit")
    assert "B602" in expected[0]
    assert found(folder, "bandit") == expected
    assert option not in serve._INI_OPTIONS
