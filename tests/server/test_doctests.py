"""Examples in docstrings as tests: found as pytest finds them, run by lenses, live."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.text.document import Document
from python_expert.tools.pytest.conventions import read
from python_expert.tools.pytest.index import tests_in as found_in
from tests.client import shows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.client import Client
    from tests.conftest import ClientFactory, ProjectFactory

pytestmark = pytest.mark.one_python

SHAPES = '''\
"""The module.

>>> 1 + 1
2
"""

def first():
    """First.

    >>> first()
    """
    def inner():
        """
        >>> inner()
        """

class Shop:
    """
    >>> Shop().total
    3
    """

    @property
    def total(self):
        """
        >>> Shop().total
        3
        """
        return 3

    @staticmethod
    async def wait():
        """
        >>> 1
        1
        """

    class Inner:
        def go(self):
            """
            >>> 2
            2
            """

    def none(self):
        """No example: >>>"""

if True:
    def conditional():
        """
        >>> 3
        3
        """

def plain():
    """
    >>> 4
    4
    """
'''

CONFIG = "[pytest]\naddopts = --doctest-modules {}\n"


@pytest.mark.parametrize("mode", ["", "--import-mode=importlib"])
@pytest.mark.parametrize("path", ["shapes.py", "src/shapes.py", "src/pack/shapes.py"])
def test_examples_have_the_names_that_pytest_gives_them(
    project: ProjectFactory, path: str, mode: str
) -> None:
    config = CONFIG.format(mode)
    folder = project({"pytest.ini": config, "src/pack/__init__.py": "", path: SHAPES})
    argv = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", path]
    collected = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=True).stdout
    names = {line.partition("::")[2] for line in collected.splitlines() if "::" in line}
    document = Document.of((folder / path).as_uri(), 1, SHAPES)
    found = found_in(document, read(folder / "pytest.ini"))
    assert {each.id for each in found} == names
    lines = SHAPES.splitlines()
    for each in found[1:]:
        start, end = each.range
        assert lines[start.line][start.column : end.column] == each.id.rpartition(".")[2]


CODE = '''\
def total(prices):
    """The sum of prices.

    >>> sum([1, 2])
    3
    """
    return sum(prices)
'''

TESTS = "import shop\n\n\ndef test_total():\n    assert shop.total([3]) == 3\n"

QUIET = """\
[tool.pytest.ini_options]
addopts = "--doctest-modules"

[tool.python-expert.tools]
ruff.enabled = false
mypy.enabled = false
bandit.enabled = false
"""


def lenses(editor: Client, path: Path) -> list[dict[str, Any]]:
    """Return the commands of the lenses."""
    found = editor.request("textDocument/codeLens", {"textDocument": {"uri": path.as_uri()}})
    return [each["command"] for each in found]


def test_examples_run_by_lens_and_live_and_fail_at_their_place(
    client: ClientFactory, project: ProjectFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    folder = project({"pyproject.toml": QUIET, "shop.py": CODE, "test_shop.py": TESTS})
    code = folder / "shop.py"
    editor = client()
    editor.initialize([folder], options={"tools": {"pytest": {"run": "live"}}})
    wrong = CODE.replace("    3\n", "    4\n")
    editor.open(code, wrong)
    (failed,) = editor.wait_diagnostics(code, shows("failed"))
    assert failed["range"]["start"]["line"] == 3
    assert failed["message"] == "shop.total: sum([1, 2]) gives 3, and should give 4"
    editor.change(code, 2, CODE)
    editor.wait_diagnostics(code, lambda found: not found)
    editor.wait(
        lambda: (
            [each["title"][:12] for each in lenses(editor, code)] == ["2 tests", "Run examples"]
        ),
        "the lenses",
    )
    editor.change(code, 3, CODE.replace("    3\n", "    5\n"))  # only the docstring
    editor.wait_diagnostics(code, shows("failed"))
    (run,) = [each for each in lenses(editor, code) if each["title"].startswith("Run examples (f")]
    (argument,) = run["arguments"]
    params = {"command": run["command"], "arguments": [{**argument, "wait": True}]}
    answer = editor.request("workspace/executeCommand", params)
    assert answer["message"].startswith("1 test: 1 failed")
