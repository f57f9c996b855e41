"""The line that tells the result of a rewrite, and the reasons beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from python_expert.actions.base import Skipped
from python_expert.cli.app import app
from python_expert.diagnostics.finding import Finding, Severity, ToolName
from python_expert.gate.blocking import is_allowable
from python_expert.gate.comparison import Found
from python_expert.gate.judgement import Judge, Judgement
from python_expert.pipeline.result import Outcome, Result
from python_expert.text.document import Position, Range
from python_expert.tools.ruff.spec import RUFF
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC
from tests.client import uri
from tests.conftest import RUFF_ONLY, write

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.actions.base import Action

KEYS = tuple("abcdefgh")
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


def outcome(
    action: Action, changed: str = "", left: tuple[Skipped, ...] = (), asked: str = "abcdefgh"
) -> Outcome:
    """What became of a rewrite of some definitions."""
    found = Outcome(action, "file:///a.py", "a.py", "offline", tuple(asked))
    for each in left:
        found.leave(each)
    if changed:
        found.result, found.changed = Result.CHANGED, tuple(changed)
    return found


WRONG = tuple(Skipped(key, "it is wrong") for key in "defgh")
TAKEN = Skipped("c", "the name is taken")


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (outcome(ADD_DOCSTRINGS, "abcd", asked="abcd"), "Docstrings added to 4 of 4 definitions"),
        (
            outcome(CONVERT_TO_ASYNC, "abc", asked="a"),
            "Converted to async: 3 of 3 definitions",
        ),
        (
            outcome(ADD_TYPE_HINTS, "ab", (TAKEN, *WRONG)),
            (
                "Hints added to 2 of 8 definitions; 6 skipped: d, e, f and 2 more: it is wrong; "
                "c: the name is taken"
            ),
        ),
        (
            outcome(ADD_TYPE_HINTS, "abc", (TAKEN, Skipped("d", "it is wrong"))),
            (
                "Hints added to 3 of 8 definitions; 1 only in part, 1 skipped, no proposal for 4: "
                "c: the name is taken; d: it is wrong"
            ),
        ),
        (
            outcome(ADD_DOCSTRINGS, "a", (Skipped("", "it does not parse"),), "a"),
            "Docstrings added to 1 of 1 definition; problems in 1 file: it does not parse",
        ),
        (
            outcome(ADD_DOCSTRINGS, "a", (Skipped("a", "it has no 'x'", extra=True),), "a"),
            "Docstrings added to 1 of 1 definition: a: it has no 'x'",
        ),
        (
            outcome(ADD_DOCSTRINGS, "", tuple(Skipped(each, f"reason {each}") for each in KEYS)),
            (
                "Docstrings added to 0 of 8 definitions; 8 skipped: a: reason a; b: reason b; "
                "c: reason c; and 5 more reasons"
            ),
        ),
        (outcome(ADD_DOCSTRINGS, asked=""), "Add docstrings: nothing to change"),
    ],
)
def test_one_line_tells_the_result_with_each_reason_once(found: Outcome, line: str) -> None:
    assert found.summary == line
    words = ("skipped", "only in part", "problems in")
    assert found.counts.is_complete is not any(each in line for each in words)


def test_one_that_is_refused_tells_why_for_all_of_it() -> None:
    found = outcome(CONVERT_TO_ASYNC, asked="ab")
    found.refuse("a is a callback", "a")
    assert found.summary == (
        "Converted to async: 0 of 2 definitions; 2 skipped: a: a is a callback"
    )


def test_what_nobody_had_a_proposal_for_does_not_count_as_skipped() -> None:
    found = outcome(ADD_TYPE_HINTS, asked="abc")
    found.leave(Skipped("a", "mypy would find: no [misc]"))
    found.result = Result.REFUSED
    line = "Hints added to 0 of 3 definitions; 1 skipped, no proposal for 2"
    assert found.summary == f"{line}: a: mypy would find: no [misc]"


def rewrite(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    """The exit status, and what is said beside the diff."""
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(app, ["rewrite", *words, "--provider", "offline"])
    return done.exit_code, done.stderr


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project in which there is something to do in one file of four."""
    files = {"shop.py": BARE, "done.py": "def f(times=1):\n    return times\n", "x.py": "X = 1\n"}
    return write(tmp_path, {"pyproject.toml": RUFF_ONLY, "bad.py": "def f(:\n", **files})


def test_of_a_folder_only_files_are_told_in_which_something_happened(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = "python-expert: bad.py: line 1: the code does not parse: invalid syntax\n"
    words = ("add-type-hints", ".", "--write")
    status, said = rewrite(shop, monkeypatch, *words)
    assert status == 1
    assert said == (
        f"{broken}done.py: Hints added to 1 of 1 definition\n"
        "Hints added to 1 of 4 definitions in 1 of 4 files; no proposal for 3, "
        "problems in 1 file (--verbose lists all)\n"
    )
    status, said = rewrite(shop, monkeypatch, *words, "--verbose")
    assert "\nshop.py: _hidden: nothing was proposed\n" in said
    assert "x.py: there is no function or class" in said
    line = (
        "Hints added to 0 of 3 definitions in 0 of 4 files; no proposal for 3, problems in 1 file"
    )
    assert said.endswith(f"\n{line}\n")


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        (
            "_hidden",
            0,
            (
                "Docstrings added to 0 of 1 definition; no proposal for 1\n"
                "  _hidden: the code shows no more of it than its signature does\n"
            ),
        ),
        ("Shop.open", 0, "Add docstrings: nothing to change\n  Shop.open: it has a docstring\n"),
        ("nowhere", 1, "python-expert: shop.py: there is no nowhere in this document\n"),
    ],
)
def test_a_definition_that_is_named_is_meant_or_says_why_not(
    shop: Path, monkeypatch: pytest.MonkeyPatch, name: str, status: int, said: str
) -> None:
    words = ("add-docstrings", "shop.py", "--function", name)
    found, told = rewrite(shop, monkeypatch, *words)
    assert (found, told[: len(said)]) == (status, said)


def test_of_a_class_that_is_named_the_methods_are_converted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "import time\n\n\nclass Base:\n    def load(self) -> None:\n        time.sleep(1)\n"
    write(tmp_path, {"pyproject.toml": RUFF_ONLY, "a.py": text})
    words = ("convert-to-async", "a.py", "--function", "Base")
    found, told = rewrite(tmp_path, monkeypatch, *words)
    assert (found, "Converted to async: 1 of 1 definition" in told) == (0, True), told


BANNED = """\
[tool.ruff.lint]
select = ["TID251"]
flake8-tidy-imports.banned-api."collections.abc.Iterator".msg = "No."
"""
COUNTING = "def count(end=3):\n    number = 0\n    while number < end:\n        yield number\n"
WORDS = ("add-type-hints", "count.py", "--write")


def test_findings_can_be_allowed_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"pyproject.toml": BANNED + RUFF_ONLY, "count.py": COUNTING})
    found = "ruff would find: `collections.abc.Iterator` is banned: No. [TID251]"
    status, said = rewrite(tmp_path, monkeypatch, *WORDS)
    line = "Hints added to 1 of 1 definition; 1 "
    told = f"{line}only in part\n  count: a part of what was proposed: {found}\n"
    assert (status, said) == (1, told)
    write(tmp_path, {"count.py": COUNTING})
    status, said = rewrite(tmp_path, monkeypatch, *WORDS, "--allow-findings")
    told = f"python-expert: count.py:1: allowed: {found}\n{line}new finding allowed\n"
    assert (status, said) == (0, told)
    assert "def count(end: int = 3) -> Iterator[int]:" in (tmp_path / "count.py").read_text()


@pytest.mark.parametrize("code", ["TID251", "F821"])
def test_a_name_that_is_not_defined_cannot_be_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    async def judge(_self: Judge, after: str, *_others: object) -> Judgement:
        news = (Found(uri(tmp_path / "count.py"), banned),) if "Iterator" in after else ()
        return Judgement(news, (), {}, {}, {})

    where = Range(Position(4, 0), Position(4, 3))
    banned = Finding(RUFF, where, code, "x", Severity.ERROR)
    monkeypatch.setattr(Judge, "judge", judge)
    write(tmp_path, {"pyproject.toml": RUFF_ONLY, "count.py": COUNTING})
    rewrite(tmp_path, monkeypatch, *WORDS, "--allow-findings")
    assert ("Iterator" in (tmp_path / "count.py").read_text()) is (code == "TID251")


@pytest.mark.parametrize(
    ("tool", "code", "allowable"),
    [
        ("ruff", "invalid-syntax", False),
        ("ruff", "F823", False),
        ("ruff", "F811", True),
        ("ruff", "ASYNC230", True),
        ("mypy", "", False),
        ("mypy", "name-defined", False),
        ("mypy", "arg-type", True),
        ("bandit", "B608", True),
    ],
)
def test_what_breaks_the_program_is_no_matter_of_taste(
    tool: str, code: str, *, allowable: bool
) -> None:
    nowhere = Range(Position(0, 0), Position(0, 0))
    finding = Finding(ToolName(tool, tool), nowhere, code, "x", Severity.ERROR)
    assert is_allowable(finding) is allowable


def test_what_needs_a_newer_python_says_what_names_the_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = '[project]\nrequires-python = ">=3.8"\n'
    wait = "import os\n\n\ndef wait():\n    return os.system('ls')\n"
    write(tmp_path, {"pyproject.toml": old + RUFF_ONLY, "wait.py": wait})
    status, said = rewrite(tmp_path, monkeypatch, "convert-to-async", "wait.py")
    reason = "asyncio.to_thread needs Python 3.9, but the code must run on 3.8"
    assert f"{reason} (requires-python in pyproject.toml)\n" in said
    assert status == 1
