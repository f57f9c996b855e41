"""The final messages of a rewrite on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from python_expert.cli.app import app
from python_expert.diagnostics.finding import Finding, Severity
from python_expert.gate.comparison import Found
from python_expert.gate.judgement import Judge, Judgement
from python_expert.text.document import Position, Range
from python_expert.tools.ruff.spec import RUFF
from tests.client import uri
from tests.conftest import RUFF_ONLY, write
from tests.unit.test_results import rewrite

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.one_python


BARE = '''\
"""A shop."""

def total(prices):
    return sum(prices)

def _hidden(thing):
    return thing

class Shop:
    """A shop."""

    def open(self):
        """Open it."""
'''


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project with something to do in one file of four."""
    files = {"shop.py": BARE, "done.py": "def f(times=1):\n    return times\n", "x.py": "X = 1\n"}
    return write(tmp_path, {"pyproject.toml": RUFF_ONLY, "bad.py": "def f(:\n", **files})


def test_for_a_folder_only_files_with_results_are_listed(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = "python-expert: bad.py: line 1: the code does not parse: invalid syntax\n"
    words = ("add-type-hints", ".", "--write")
    status, output = rewrite(shop, monkeypatch, *words)
    assert status == 1
    assert output == (
        f"{broken}done.py: Hints added to 1 of 1 definition\n"
        "Hints added to 1 of 4 definitions in 1 of 4 files; no proposal for 3, "
        "problems in 1 file (--verbose lists all)\n"
    )
    status, output = rewrite(shop, monkeypatch, *words, "--verbose")
    assert "\nshop.py: _hidden: nothing was proposed\n" in output
    assert "x.py: there is no function or class" in output
    line = (
        "Hints added to 0 of 3 definitions in 0 of 4 files; no proposal for 3, problems in 1 file"
    )
    assert output.endswith(f"\n{line}\n")


HALF = """\
import shop


def times(count=2, thing=shop.NOTHING):
    return count


def half(number=2.0):
    return number
"""


def test_a_function_that_still_lacks_hints_counts_as_partly_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"pyproject.toml": RUFF_ONLY, "half.py": HALF})
    status, output = rewrite(tmp_path, monkeypatch, "add-type-hints", "half.py", "--write")
    assert status == 0
    assert output.startswith("Hints added to 2 of 2 definitions (1 complete, 1 in part)")
    assert "def times(count: int = 2, thing=shop.NOTHING)" in (tmp_path / "half.py").read_text()


def test_for_a_folder_the_reasons_for_missing_docstrings_are_reported(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    monkeypatch.delenv("ANTHROPIC_AUTH_TOKEN", raising=False)
    monkeypatch.chdir(shop)
    why = "\n  no proposal: the code shows no more than its signature"
    expected = [
        CliRunner().invoke(app, ["rewrite", "add-docstrings", ".", *words]).stderr
        for words in ([], ["--provider", "offline"])
    ]
    assert expected[0].endswith(f"{why} (set ANTHROPIC_API_KEY to have a model asked)\n")
    assert expected[1].endswith(f"{why}\n")


@pytest.mark.parametrize(
    ("name", "status", "output"),
    [
        (
            "_hidden",
            0,
            (
                "Docstrings added to 0 of 1 definition; no proposal for 1\n"
                "  _hidden: the code shows no more than its signature\n"
            ),
        ),
        ("Shop.open", 0, "Add docstrings: nothing to change\n  Shop.open: it has a docstring\n"),
        ("open", 0, "Add docstrings: nothing to change\n  Shop.open: it has a docstring\n"),
        (
            "hidden",
            1,
            "python-expert: shop.py: there is no hidden in this file; did you mean _hidden?\n",
        ),
        ("nowhere", 1, "python-expert: shop.py: there is no nowhere in this file\n"),
    ],
)
def test_a_named_definition_is_rewritten_or_skipped_with_a_reason(
    shop: Path, monkeypatch: pytest.MonkeyPatch, name: str, status: int, output: str
) -> None:
    words = ("add-docstrings", "shop.py", "--function", name)
    found, expected = rewrite(shop, monkeypatch, *words)
    assert (found, expected[: len(output)]) == (status, output)


def test_the_methods_of_a_named_class_are_converted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "import time\n\n\nclass Base:\n    def load(self) -> None:\n        time.sleep(1)\n"
    write(tmp_path, {"pyproject.toml": RUFF_ONLY, "a.py": text})
    words = ("convert-to-async", "a.py", "--function", "Base")
    found, expected = rewrite(tmp_path, monkeypatch, *words)
    assert (found, "Converted to async: 1 of 1 definition" in expected) == (0, True), expected


BANNED = """\
[tool.ruff.lint]
select = ["TID251"]
flake8-tidy-imports.banned-api."collections.abc.Iterator".msg = "No."
"""


COUNTING = "def count(size=3):\n    number = 0\n    while number < size:\n        yield number\n"


WORDS = ("add-type-hints", "count.py", "--write")


def test_findings_can_be_allowed_for_one_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"pyproject.toml": BANNED + RUFF_ONLY, "count.py": COUNTING})
    found = "ruff would find: `collections.abc.Iterator` is banned: No. [TID251]"
    status, output = rewrite(tmp_path, monkeypatch, *WORDS)
    line = "Hints added to 1 of 1 definition"
    expected = f"{line} (0 complete, 1 in part)\n  count: a part is left out, because {found}\n"
    assert (status, output) == (1, expected)
    write(tmp_path, {"count.py": COUNTING})
    status, output = rewrite(tmp_path, monkeypatch, *WORDS, "--allow-findings")
    expected = f"python-expert: count.py:1: allowed: {found}\n{line}; 1 new finding allowed\n"
    assert (status, output) == (0, expected)
    assert "def count(size: int = 3) -> Iterator[int]:" in (tmp_path / "count.py").read_text()


def test_if_only_findings_stop_a_rewrite_the_option_that_allows_them_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"pyproject.toml": BANNED + RUFF_ONLY, "count.py": "def f():\n    yield 1\n"})
    status, output = rewrite(tmp_path, monkeypatch, *WORDS)
    assert (status, "(--allow-findings also writes what only findings stop)" in output) == (1, True)


@pytest.mark.parametrize("code", ["TID251", "F821"])
def test_a_name_that_is_not_defined_cannot_be_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    async def judge(_self: Judge, after: str, *_others: object) -> Judgement:
        blocking = (Found(uri(tmp_path / "count.py"), banned),) if "Iterator" in after else ()
        return Judgement(blocking, (), {}, {}, {})

    where = Range(Position(4, 0), Position(4, 3))
    banned = Finding(RUFF, where, code, "x", Severity.ERROR)
    monkeypatch.setattr(Judge, "judge", judge)
    write(tmp_path, {"pyproject.toml": RUFF_ONLY, "count.py": COUNTING})
    rewrite(tmp_path, monkeypatch, *WORDS, "--allow-findings")
    assert ("Iterator" in (tmp_path / "count.py").read_text()) is (code == "TID251")


def test_code_that_needs_a_newer_python_names_the_source_of_the_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = '[project]\nrequires-python = ">=3.8"\n'
    wait = "import os\n\n\ndef wait():\n    return os.system('ls')\n"
    write(tmp_path, {"pyproject.toml": old + RUFF_ONLY, "wait.py": wait})
    status, output = rewrite(tmp_path, monkeypatch, "convert-to-async", "wait.py")
    reason = "asyncio.to_thread needs Python 3.9, but the code must run on 3.8"
    assert f"{reason} (requires-python in pyproject.toml)\n" in output
    assert status == 1
