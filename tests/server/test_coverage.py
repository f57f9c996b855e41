"""Coverage as findings: the lines that no test runs, after all tests have run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.client import Client
    from tests.conftest import ClientFactory, ProjectFactory

pytestmark = pytest.mark.one_python

SETTINGS = """\
[tool.python-expert.tools]
ruff.enabled = false
mypy.enabled = false
bandit.enabled = false
"""

CONFIGURED = (
    SETTINGS
    + """
[tool.coverage.run]
branch = true
omit = ["test_*.py"]

[tool.coverage.report]
fail_under = 90
exclude_lines = ["raise NotImplementedError"]
"""
)

CODE = """\
def total(prices, tax=0):
    result = sum(prices)
    if tax:
        result += tax
    return result


def check(price):
    if price < 0:
        print("negative")
        return False
    return True


def later():
    raise NotImplementedError
"""

TOTAL = "import shop\n\n\ndef test_total():\n    assert shop.total([1], tax=2) == 3\n"
CHECK = "import shop\n\n\ndef test_check():\n    assert shop.check(-1) is False\n"

FILES = {
    "pyproject.toml": CONFIGURED,
    "shop.py": CODE,
    "test_total.py": TOTAL,
    "test_check.py": CHECK,
}

HINTS = [
    (2, "uncovered-branch", "no test goes from here to `return result`"),
    (11, "uncovered", "no test runs this line"),
]

STALE = " (the code has changed since)"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the environment of the tests as the projects' environment."""
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    for name in ("COVERAGE_FILE", "COVERAGE_PROCESS_START", "COVERAGE_CORE"):
        monkeypatch.delenv(name, raising=False)


def run(client: Client, path: Path, test: str | None = None) -> str:
    """Run tests with the command, and return its message."""
    given = {"uri": path.as_uri(), "test": test, "wait": True}
    params = {"command": "pythonExpert.runTests", "arguments": [given]}
    message: str = client.request("workspace/executeCommand", params)["message"]
    return message


def hints(client: Client, path: Path) -> list[tuple[int, str, str]]:
    """Return the line, code and message of each finding about missing coverage."""
    return sorted(
        (each["range"]["start"]["line"], each["code"], each["message"])
        for each in client.diagnostics(path)
        if each["code"].startswith("uncovered")
    )


def lens(client: Client, path: Path) -> str:
    """Return the title of the coverage lens of a file, or an empty string."""
    found = client.request("textDocument/codeLens", {"textDocument": {"uri": path.as_uri()}})
    titles = [each["command"]["title"] for each in found]
    return "".join(each for each in titles if "cover" in each)


def check(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run ``check --tools pytest``."""
    argv = [sys.executable, "-m", "python_expert", "check", ".", *args, "--tools", "pytest"]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)


def coverage(folder: Path, *args: str) -> str:
    """Run coverage.py itself, and return its output."""
    argv = [sys.executable, "-m", "coverage", *args]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def opened(client: ClientFactory, folder: Path, **options: object) -> Client:
    """Start an editor with shop.py open."""
    editor = client()
    editor.initialize([folder], options={"tools": {"pytest": options}} if options else {})
    editor.open(folder / "shop.py", (folder / "shop.py").read_text())
    return editor


def test_uncovered_lines_are_shown_after_all_tests_have_run(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project(FILES)
    code = folder / "shop.py"
    editor = opened(client, folder)
    # One test file of two has run; the other may cover the remaining lines.
    assert "cover" not in run(editor, folder / "test_total.py")
    assert (hints(editor, code), lens(editor, code)) == ([], "")
    message = run(editor, folder / "test_check.py")
    assert message.endswith("; tests cover 80 % of the project; fail_under is 90 %")
    assert hints(editor, code) == HINTS
    assert lens(editor, code) == (
        "Tests cover 80 % (tests cover 80 % of the project; fail_under is 90 %)"
    )
    # A run of one test keeps the coverage of the others.
    run(editor, folder / "test_total.py", "test_total")
    assert hints(editor, code) == HINTS
    # Coverage that an edit may change is marked until the tests have run again.
    editor.change(code, 2, "# new\n" + CODE.replace("negative", "less than nothing"))
    moved = [(line + 1, rule, f"{message}{STALE}") for line, rule, message in HINTS]
    editor.wait_diagnostics(code, lambda found: STALE in str(found))
    assert (hints(editor, code), lens(editor, code).endswith(STALE)) == (moved, True)
    run(editor, folder / "test_total.py")
    assert hints(editor, code) == moved
    run(editor, folder)
    assert hints(editor, code) == [(line + 1, rule, message) for line, rule, message in HINTS]
    # An unsaved test covers more; a file that is opened later shows the known coverage.
    tests = folder / "test_total.py"
    editor.open(tests, TOTAL + "\n\ndef test_untaxed():\n    assert shop.total([1]) == 1\n")
    run(editor, tests)
    assert hints(editor, code) == [(line + 1, *rest) for line, *rest in HINTS[1:]]
    editor.configuration["pythonExpert"] = {"tools": {"pytest": {"coverage": "off"}}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    editor.wait_diagnostics(code, lambda found: not found)
    assert lens(editor, code) == ""


def test_with_doctests_coverage_is_known_after_the_folder_has_run(
    client: ClientFactory, project: ProjectFactory
) -> None:
    example = '    """Check.\n\n    >>> check(1)\n    True\n    """\n    if price < 0'
    code_text = CODE.replace("    if price < 0", example)
    doctests = '\n[tool.pytest.ini_options]\naddopts = "--doctest-modules"\n'
    folder = project({**FILES, "pyproject.toml": CONFIGURED + doctests, "shop.py": code_text})
    editor, code = opened(client, folder), folder / "shop.py"
    run(editor, folder / "test_total.py")
    run(editor, folder / "test_check.py")
    assert hints(editor, code) == []
    run(editor, folder)
    assert hints(editor, code) == HINTS[:1]


def test_lines_that_a_failing_test_would_run_are_not_reported(
    client: ClientFactory, project: ProjectFactory
) -> None:
    rates = "def rate():\n    return 2\n"
    total = f"import rates\n{TOTAL}    assert rates.rate() == 2\n"
    folder = project({**FILES, "rates.py": rates, "test_total.py": total})
    code, later = folder / "shop.py", folder / "rates.py"
    editor = opened(client, folder)
    editor.open(later, rates)
    run(editor, folder)
    assert hints(editor, code) == HINTS
    editor.change(code, 2, CODE.replace("sum(prices)", "1 / 0"))
    run(editor, folder)
    assert (hints(editor, code), hints(editor, later)) == ([], [])
    assert "a test that runs this file fails" in lens(editor, code)
    editor.change(code, 3, CODE)
    run(editor, folder)
    assert (hints(editor, code), "fails" in lens(editor, code)) == (HINTS, False)


def test_a_live_run_removes_findings_that_an_edited_test_covers(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project(FILES)
    code, tests = folder / "shop.py", folder / "test_total.py"
    editor = opened(client, folder, run="live")
    editor.open(folder / "test_check.py", CHECK)
    editor.open(tests, TOTAL)
    editor.wait_diagnostics(code, lambda found: len(found) == len(HINTS))
    assert hints(editor, code) == HINTS
    editor.change(tests, 2, TOTAL + "\n\ndef test_untaxed():\n    assert shop.total([1]) == 1\n")
    editor.wait_diagnostics(code, lambda found: len(found) == 1 and STALE not in str(found))
    assert hints(editor, code) == HINTS[1:]


def test_check_agrees_with_coverage_py(project: ProjectFactory) -> None:
    folder = project(FILES)
    done = check(folder)
    assert done.returncode == 1
    assert done.stdout == (
        "pyproject.toml:11:1: error: low-coverage tests cover 80 % of the project; "
        "fail_under is 90 %  [Pytest]\n"
    )
    assert "2 findings about what no test runs not shown; --severity hint shows them" in done.stderr
    assert "Tests cover 80 % (shop.py 80 %).\n" in done.stderr
    found = json.loads(check(folder, "--output-format", "json").stdout)
    assert [(each["line"] - 1, each["code"], each["message"]) for each in found[1:]] == HINTS
    assert not (folder / ".coverage").exists()
    coverage(folder, "run", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert re.search(r"\nshop\.py .* 80%   3->5, 12\n", coverage(folder, "report", "-m"))


def test_coverage_is_not_shown_without_a_request_for_it(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({**FILES, "pyproject.toml": SETTINGS})
    editor = opened(client, folder)
    assert "cover" not in run(editor, folder)
    assert hints(editor, folder / "shop.py") == []
    assert "cover" not in check(folder).stderr


BAD = {
    "a configuration that coverage.py refuses": (
        {".coveragerc": "[run]\nbranch = nonsense\n"},
        "coverage is not known: ConfigError: ",
    ),
    "tests that measure themselves": (
        {"conftest.py": "import coverage\n\ncoverage.Coverage(data_file=None).start()\n"},
        "coverage is not known: the project's tests start coverage.py themselves",
    ),
    "a plugin that breaks the run off": (
        {"conftest.py": "def pytest_runtest_logfinish():\n    raise ValueError('no')\n"},
        "",
    ),
    "a run that ends at the first failure": (
        {
            "pytest.ini": "[pytest]\naddopts = --exitfirst\n",
            "test_check.py": "def test_no():\n    assert False\n",
        },
        "",
    ),
}


@pytest.mark.parametrize(("files", "message_start"), BAD.values(), ids=BAD)
def test_test_results_are_shown_even_if_coverage_is_unknown(
    client: ClientFactory, project: ProjectFactory, files: dict[str, str], message_start: str
) -> None:
    folder = project({**FILES, **files})
    editor = opened(client, folder)
    message = run(editor, folder)
    assert message.startswith(("2 tests: 2 passed", "1 test: 1 "))
    assert message_start in message
    assert "tests cover" not in message
    assert ("coverage is not known" in message, hints(editor, folder / "shop.py")) == (
        bool(message_start),
        [],
    )


def test_missing_coverage_py_is_reported(
    client: ClientFactory, project: ProjectFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "coverage.py").write_text("raise ImportError('hidden')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    folder = project(FILES)
    editor = opened(client, folder)
    message_start = (
        "2 tests: 2 passed (0.0 s); coverage is not known: coverage.py is not installed in "
    )
    assert run(editor, folder).startswith(message_start)


PYTEST_COV = """\
def pytest_addoption(parser):
    parser.addoption("--cov", dest="cov_source", action="append", default=[])
    parser.addoption("--cov-branch", dest="cov_branch", action="store_true", default=None)
"""

SAME = {
    "the options of pytest-cov": {
        "pytest.ini": "[pytest]\naddopts = --cov=shop --cov-branch\n",
        "conftest.py": PYTEST_COV,
    },
    "the core on sys.monitoring": {".coveragerc": "[run]\nbranch = True\ncore = sysmon\n"},
    "data files for each process": {
        ".coveragerc": "[run]\nbranch = True\nparallel = True\npatch = subprocess\n"
    },
}


@pytest.mark.parametrize("files", SAME.values(), ids=SAME)
def test_a_projects_own_coverage_settings_do_not_interfere(
    client: ClientFactory, project: ProjectFactory, files: dict[str, str]
) -> None:
    folder = project({**FILES, "pyproject.toml": SETTINGS, **files})
    editor = opened(client, folder)
    assert "tests cover" in run(editor, folder)
    assert hints(editor, folder / "shop.py")[:2] == HINTS
    assert not list(folder.glob(".coverage*")) or ".coveragerc" in files
    assert not list(folder.glob(".coverage.*"))


EXISTING = {"run": "manual", "coverage": "on"}


def test_coverage_data_of_the_projects_own_runs_is_shown_and_not_written(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project(FILES)
    code = folder / "shop.py"
    coverage(folder, "run", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    data = folder / ".coverage"
    before = data.read_bytes()
    editor = opened(client, folder, **EXISTING)
    editor.wait_diagnostics(code, lambda found: len(found) == len(HINTS))
    assert hints(editor, code) == HINTS
    assert lens(editor, code).startswith("Tests cover 80 %")
    editor.change(code, 2, CODE + "\n# changed\n")
    editor.wait_diagnostics(code, lambda found: STALE in str(found))
    assert (data.read_bytes(), sorted(each.name for each in folder.glob(".cov*"))) == (
        before,
        [".coverage"],
    )


def test_a_report_in_xml_is_shown(client: ClientFactory, project: ProjectFactory) -> None:
    folder = project(FILES)
    code = folder / "shop.py"
    coverage(folder, "run", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    coverage(folder, "xml")
    (folder / ".coverage").unlink()
    editor = opened(client, folder, **EXISTING)
    editor.wait_diagnostics(code, lambda found: len(found) == len(HINTS))
    assert hints(editor, code) == HINTS


def test_data_files_of_several_processes_are_read_together(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project(FILES)
    for name in ("test_total.py", "test_check.py"):
        coverage(folder, "run", "-p", "-m", "pytest", "-q", "-p", "no:cacheprovider", name)
    before = sorted(folder.glob(".coverage.*"))
    assert len(before) == 2
    editor = opened(client, folder, **EXISTING)
    editor.wait_diagnostics(folder / "shop.py", lambda found: len(found) == len(HINTS))
    assert sorted(folder.glob(".coverage*")) == before


BROKEN = {
    "no database": (".coverage", b"nonsense", ".coverage cannot be read: "),
    "an empty file": (".coverage", b"", ""),
    "no XML": ("coverage.xml", b"<coverage line-rate='1'>", "coverage.xml cannot be read: "),
    "another tool's report": (
        "coverage.xml",
        b'<coverage clover="4"><project><file path="shop.py"/></project></coverage>',
        "coverage.xml is not a report in coverage.py's format",
    ),
    "a document that grows": (
        "coverage.xml",
        b'<!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><coverage line-rate="1">&b;</coverage>',
        "coverage.xml cannot be read: it declares entities",
    ),
}


@pytest.mark.parametrize(("name", "data", "message_start"), BROKEN.values(), ids=BROKEN)
def test_unreadable_coverage_data_is_reported_and_nothing_else_is_lost(
    client: ClientFactory, project: ProjectFactory, name: str, data: bytes, message_start: str
) -> None:
    folder = project(FILES)
    (folder / name).write_bytes(data)
    editor = opened(client, folder, **EXISTING)
    if message_start:
        editor.wait(lambda: editor.messages)
        assert message_start in editor.messages[0]["message"]
    assert "tests cover 80 %" in run(editor, folder)
    assert hints(editor, folder / "shop.py") == HINTS
    assert (folder / name).read_bytes() == data


def test_coverage_data_is_not_read_in_an_untrusted_folder_or_by_a_repository_s_settings(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project(FILES)
    coverage(folder, "run", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    (folder / "pyproject.toml").write_text(
        CONFIGURED.replace(
            "bandit.enabled = false", 'bandit.enabled = false\npytest.coverage = "on"'
        )
    )
    editor = opened(client, folder)
    editor.wait(lambda: editor.messages)
    assert "'tools.pytest.coverage' is ignored" in editor.messages[0]["message"]
    assert lens(editor, folder / "shop.py") == ""
