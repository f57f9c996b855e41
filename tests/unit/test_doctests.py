"""Examples in docstrings are left to the user only where something runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from python_expert.actions.add_docstrings.proof import prove
from python_expert.actions.base import Options
from python_expert.analysis.source import Source
from python_expert.gate.verdict import Status
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
    """What the proof says of the example in a project with one file more."""
    write(folder, {"pkg/mod.py": BEFORE, "venv/pyvenv.cfg": "", path: text})
    options = Options(path=str(folder / "pkg" / "mod.py"), root=str(folder))
    return prove(Source.of(BEFORE), Source.of(AFTER), options).status


@pytest.mark.parametrize("name", RUNS)
def test_an_example_that_the_tests_run_is_to_be_confirmed(tmp_path: Path, name: str) -> None:
    assert status(tmp_path, *RUNS[name]) is Status.CONFIRM


@pytest.mark.parametrize("name", NOT)
def test_an_example_that_is_only_read_is_accepted(tmp_path: Path, name: str) -> None:
    assert status(tmp_path, *NOT[name]) is Status.ACCEPTED
