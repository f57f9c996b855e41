"""``check --tools pytest`` runs the tests that pytest itself would collect, and counts them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import ProjectFactory

pytestmark = pytest.mark.one_python

SETTINGS = """\
[tool.pytest.ini_options]
addopts = "{}"
"""

CODE = '''\
def double(number):
    """Double a number.

    >>> double(2)
    5
    """
    return 2 * number
'''

EXAMPLE = (
    "parse/__init__.py:4:5: error: failed parse.double: "
    "double(2) gives 4, and should give 5  [Pytest]"
)

MEMBER = """\
from pathlib import Path

def test_in_member():
    assert 0, f"{Path.cwd().name}\\n"
"""


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the environment of the tests as the projects' environment."""
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)


def check(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run ``check --tools pytest``."""
    argv = [sys.executable, "-m", "python_expert", "check", *args, "--tools", "pytest"]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)


def test_examples_selected_by_options_run_as_in_pytest(project: ProjectFactory) -> None:
    folder = project(
        {
            "pyproject.toml": SETTINGS.format("--doctest-modules --doctest-glob=*.rst"),
            "parse/__init__.py": CODE,
            "docs/use.rst": ">>> 1 + 1\n3\n",
            "tests/test_none.py": "def test_passes(): pass\n",
            "member/pyproject.toml": "",
            "member/test_member.py": MEMBER,
        }
    )
    whole = check(folder)
    assert whole.returncode == 1, whole.stderr
    lines = whole.stdout.splitlines()
    assert lines == [
        "docs/use.rst:1:1: error: failed use.rst: 1 + 1 gives 2, and should give 3  [Pytest]",
        "member/test_member.py:4:5: error: failed test_in_member: AssertionError: member  [Pytest]",
        EXAMPLE,
    ]
    named = check(folder, "parse/__init__.py")
    assert (named.returncode, named.stdout) == (1, f"{EXAMPLE}\n")


def test_in_a_whole_project_its_testpaths_run(project: ProjectFactory) -> None:
    folder = project(
        {
            "pyproject.toml": SETTINGS.format("") + 'testpaths = ["tests"]\n',
            "tests/test_a.py": "def test_passes(): pass\n",
            "old/test_b.py": "def test_fails(): assert 0\n",
        }
    )
    assert check(folder).returncode == 0
    assert check(folder, "old").returncode == 1


TESTS = """\
import pytest

def test_passes(): pass

@pytest.mark.skip
def test_skipped(): pass

@pytest.mark.xfail
def test_known(): assert 0
"""


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ("", 0, "All checks passed.\n3 tests: 1 passed, 2 skipped.\n"),
        ("-k nothing", 2, "pytest could not run: no tests ran (3 deselected)\n"),
        ("-k skipped", 2, "pytest could not run: no tests ran (2 deselected, 1 skipped)\n"),
        ("--nonsense", 2, "pytest could not run: unrecognized arguments: --nonsense\n"),
        ("-k known", 0, "All checks passed.\n1 test: 1 skipped.\n"),
    ],
)
def test_the_number_of_tests_is_reported(
    project: ProjectFactory, arguments: str, status: int, message: str
) -> None:
    folder = project({"pyproject.toml": SETTINGS.format(arguments), "test_a.py": TESTS})
    done = check(folder)
    assert (done.returncode, message in done.stderr) == (status, True), done.stderr
    assert ("passed." in done.stderr) is (status == 0)
    assert done.stderr.count("could not run") <= 1


def test_the_exit_status_of_a_process_that_tests_end_is_reported(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": "", "test_a.py": "import os\nos._exit(3)\n"})
    done = check(folder)
    message = "pytest could not run: the process that ran the tests ended: it ended with status 3\n"
    assert (done.returncode, message in done.stderr) == (2, True), done.stderr
