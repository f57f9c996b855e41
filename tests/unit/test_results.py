"""The summary line of a rewrite, and its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from python_expert.actions.base import Skipped
from python_expert.cli.app import app
from python_expert.diagnostics.finding import Finding, Severity, ToolName
from python_expert.gate.blocking import is_allowable
from python_expert.pipeline.left_out import LeftOut
from python_expert.pipeline.result import Outcome, Result
from python_expert.text.document import Position, Range
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.actions.base import Action

KEYS = tuple("abcdefgh")


def outcome(
    action: Action, changed: str = "", left: tuple[Skipped, ...] = (), asked: str = "abcdefgh"
) -> Outcome:
    """Return the outcome of a rewrite of some definitions."""
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
                "and 1 more reason"
            ),
        ),
        (
            outcome(ADD_TYPE_HINTS, "abc", (TAKEN, Skipped("d", "it is wrong"))),
            (
                "Hints added to 3 of 8 definitions (2 complete, 1 in part); 1 skipped, "
                "no proposal for 4: c: the name is taken; and 1 more reason"
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
            ("Docstrings added to 0 of 8 definitions; 8 skipped: a: reason a; and 7 more reasons"),
        ),
        (outcome(ADD_DOCSTRINGS, asked=""), "Add docstrings: nothing to change"),
    ],
)
def test_the_summary_line_has_the_result_and_the_first_reason(found: Outcome, line: str) -> None:
    assert found.summary == line
    words = ("skipped", "in part", "problems in")
    assert found.counts.is_complete is not any(each in line for each in words)


def test_a_refused_rewrite_has_one_reason_for_all_definitions() -> None:
    found = outcome(CONVERT_TO_ASYNC, asked="ab")
    found.refuse("a is a callback", "a")
    assert found.summary == (
        "Converted to async: 0 of 2 definitions; 2 skipped: a: a is a callback"
    )


def test_definitions_without_a_proposal_do_not_count_as_skipped() -> None:
    found = outcome(ADD_TYPE_HINTS, asked="abc")
    found.leave(Skipped("a", "mypy would find: no [misc]"))
    found.result = Result.REFUSED
    line = "Hints added to 0 of 3 definitions; 1 skipped, no proposal for 2"
    assert found.summary == f"{line}: a: mypy would find: no [misc]"


def test_of_many_proposals_that_a_tool_contradicts_three_are_named() -> None:
    out = LeftOut({"a": {}})
    out.depend(["a"], [(f"f{number}", "x") for number in range(25)])
    [skipped] = out.left
    assert skipped.reason.endswith(
        "it depends on the proposal for `x` of f0, `x` of f1, `x` of f2 and 22 more, which a tool "
        "contradicts"
    )


def rewrite(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    """Run the command; return its exit status and standard error."""
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(app, ["rewrite", *words, "--provider", "offline"])
    return done.exit_code, done.stderr


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
def test_findings_that_break_the_program_cannot_be_allowed(
    tool: str, code: str, *, allowable: bool
) -> None:
    nowhere = Range(Position(0, 0), Position(0, 0))
    finding = Finding(ToolName(tool, tool), nowhere, code, "x", Severity.ERROR)
    assert is_allowable(finding) is allowable
