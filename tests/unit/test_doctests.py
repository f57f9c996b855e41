"""Examples in docstrings need your confirmation only if something runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from python_expert.actions.add_docstrings.proof import prove
from python_expert.actions.base import Options
from python_expert.analysis.source import Source
from python_expert.gate import doctests
from python_expert.gate.doctests import is_prepared_by_sphinx, option_flags, runner_of_doctests
from python_expert.gate.verdict import Circumstances, Status
from tests.conftest import write

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = "def double(n):\n    return 2 * n\n"
AFTER = BEFORE.replace(
    "    return", '    """Double it.\n\n    >>> double(2)\n    4\n    """\n    return'
)
RUNS = {
    "pytest": ("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '--doctest-modules'\n"),
    "pytest's options": ("pytest.ini", "[pytest]\ndoctest_optionflags = ELLIPSIS\n"),
    "tox": ("tox.ini", "[testenv]\ncommands = pytest --doctest-modules pkg\n"),
    "a Makefile": ("Makefile", "test:\n\tpython -m doctest pkg/*.py\n"),
    "a workflow": (".github/workflows/ci.yml", "- run: pytest --doctest-modules\n"),
    "Sphinx": ("docs/conf.py", "extensions = ['sphinx.ext.doctest']\n"),
    "a test": ("tests/unit/test_docs.py", "import os, doctest\n"),
    "a package of tests": ("tests/test_docs.py", "from doctest import DocTestSuite\n"),
    "Sybil": ("conftest.py", "from sybil import Sybil\n"),
    "a configuration of the file's folder": ("pkg/pytest.ini", "[pytest]\ndoctest_glob = *\n"),
}
NOT = {
    "no configuration": ("README.md", "doctest"),
    "tests": ("tests/test_pkg.py", "import unittest\n\n\ndef test() -> None:\n    'no doctest'\n"),
    "an environment": ("venv/lib/six.py", "import doctest\n"),
}


def status(folder: Path, path: str, text: str) -> Status:
    """Return the proof's status for the example in a project with one more file."""
    write(folder, {"pkg/mod.py": BEFORE, "venv/pyvenv.cfg": "", path: text})
    options = Options(path=str(folder / "pkg" / "mod.py"), root=str(folder))
    return prove(Source.of(BEFORE), Source.of(AFTER), options).status


@pytest.mark.parametrize("name", RUNS)
def test_an_example_that_the_tests_run_needs_confirmation(tmp_path: Path, name: str) -> None:
    assert status(tmp_path, *RUNS[name]) is Status.CONFIRM


@pytest.mark.parametrize("name", NOT)
def test_an_example_that_nothing_runs_is_accepted(tmp_path: Path, name: str) -> None:
    assert status(tmp_path, *NOT[name]) is Status.ACCEPTED


def circumstances(folder: Path) -> Circumstances:
    """Return the circumstances of a file in a package of a project."""
    return Circumstances(path=str(folder / "pkg" / "mod.py"), root=str(folder))


@pytest.mark.parametrize(
    "name",
    [
        *("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "pyproject.toml", "tox.ini"),
        *("setup.cfg", "setup.py", "conftest.py", "noxfile.py", "tasks.py", "Makefile"),
        *("makefile", "justfile", "docs/conf.py", "docs/Makefile", "doc/conf.py"),
        *("pkg/pytest.ini", ".github/workflows/ci.yaml"),
    ],
)
def test_a_configuration_that_runs_doctests_is_named(tmp_path: Path, name: str) -> None:
    write(tmp_path, {name: "--doctest-modules"})
    assert runner_of_doctests(circumstances(tmp_path)) == f"{name} runs doctests"


def test_a_module_that_imports_doctest_is_named(tmp_path: Path) -> None:
    files = dict.fromkeys(["a.py", "pkg/b.py", "tests/c.py"], "import unittest\n")
    write(tmp_path, files | {"tests/zoo/d.py": "def load():\n    import os, xdoctest\n"})
    assert runner_of_doctests(circumstances(tmp_path)) == "tests/zoo/d.py imports doctest"


@pytest.mark.parametrize("folder", [".venv", ".hidden", "node_modules", "site-packages", "env"])
def test_modules_that_are_not_the_project_s_do_not_count(tmp_path: Path, folder: str) -> None:
    write(tmp_path, {f"{folder}/a.py": "import doctest\n", "env/pyvenv.cfg": ""})
    assert runner_of_doctests(circumstances(tmp_path)) == ""


def test_in_a_project_of_too_many_files_examples_may_be_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {f"m{number}.py": "" for number in range(3)})
    monkeypatch.setattr(doctests, "MOST_FILES", 3)
    assert runner_of_doctests(circumstances(tmp_path)) == ""
    monkeypatch.setattr(doctests, "MOST_FILES", 2)
    expected = "the tests of a project of more than 2 files may run them"
    assert runner_of_doctests(circumstances(tmp_path)) == expected


def test_without_a_project_examples_may_be_run() -> None:
    assert runner_of_doctests(Circumstances()) == "the project's tests may run them"


def test_a_file_outside_the_project_uses_the_project_s_configuration(tmp_path: Path) -> None:
    write(tmp_path, {"project/tox.ini": "xdoctest", "tox.ini": ""})
    options = Circumstances(path=str(tmp_path / "a.py"), root=str(tmp_path / "project"))
    assert runner_of_doctests(options) == "tox.ini runs doctests"
    options = Circumstances(root=str(tmp_path / "project"))
    assert runner_of_doctests(options) == "tox.ini runs doctests"


def test_a_file_that_cannot_be_read_names_no_runner(tmp_path: Path) -> None:
    (tmp_path / "tox.ini").mkdir()
    assert runner_of_doctests(circumstances(tmp_path)) == ""


@pytest.mark.parametrize(
    ("conf", "page", "prepared"),
    [
        ("extensions = ['sphinx.ext.doctest']", ".. testsetup::", True),
        ("doctest_global_setup = 'x'\n# sphinx.ext.doctest", "", True),
        ("extensions = ['sphinx.ext.doctest']", ".. doctest::", False),
        ("extensions = []", ".. testsetup::", False),
        ("doctest_global_setup = 'x'", "", False),
    ],
)
def test_sphinx_prepares_examples_only_with_its_extension_and_a_setup(
    tmp_path: Path, conf: str, page: str, *, prepared: bool
) -> None:
    write(tmp_path, {"docs/conf.py": conf, "docs/a.rst": "", "docs/usage/b.rst": page})
    assert is_prepared_by_sphinx(circumstances(tmp_path)) is prepared


def test_a_command_may_run_sphinx_s_doctests(tmp_path: Path) -> None:
    for command in ("sphinx-build -b doctest", "sphinx-build -M doctest", "--builder=doctest"):
        write(tmp_path, {"Makefile": command, "docs/a.md": "testsetup"})
        assert is_prepared_by_sphinx(circumstances(tmp_path))


def test_option_flags_are_read_from_every_form_of_configuration(tmp_path: Path) -> None:
    files = {
        "pytest.ini": "doctest_optionflags = ELLIPSIS\n    SKIP\nother = NO\n",
        "pyproject.toml": "doctest_optionflags = [\n'NUMBER', 'SKIP',\n]\nother = 'NO'\n",
        "tox.ini": "doctest_optionflags= A1\n[b]\ndoctest_optionflags= B2\n",
    }
    write(tmp_path, files)
    assert sorted(option_flags(circumstances(tmp_path))) == [
        "A1",
        "B2",
        "ELLIPSIS",
        "NUMBER",
        "SKIP",
    ]
