"""What a model says passes the gate or changes nothing: the corpus as its replies, and worse."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from python_expert.gate.verdict import Status
from tests.actions import CONVERT_TO_ASYNC
from tests.gate.injections import INJECTIONS
from tests.gate.plays import right, wrong
from tests.gate.replay import play
from tests.scale import LONG

if TYPE_CHECKING:
    from tests.gate.injections import Injection
    from tests.gate.replay import Play, Played

Record = Callable[[str, object], None]

pytestmark = [pytest.mark.long, pytest.mark.one_python]

SHARE = 1 if LONG else 16
"""Every how manieth wrong edit is played."""

SHARE_WHOLE = 1 if LONG else 24
"""Every how manieth is handed in whole as well."""

INEXPRESSIBLE = {
    "a module with an own flag": "an import for checkers only needs TYPE_CHECKING for itself",
}
"""Right edits that no facts bring about in a project of ours."""

HARMLESS = {"__future__", "typing", "collections.abc"}
"""Modules whose import at run time does nothing."""


def _through(plays: Sequence[Play], results: Sequence[Played]) -> list[str]:
    """The edits that should not have come through."""
    return [
        f"{each.name}: {result}"
        for each, result in zip(plays, results, strict=True)
        if _is_wrong(each, result)
    ]


def _is_wrong(each: Play, result: Played) -> bool:
    if result.text == each.before:
        return not result.reason and result.result != "unchanged"
    unasked = result.judged is not Status.ACCEPTED and not result.unproven
    return result.text == each.after or result.judged is Status.REFUSED or unasked


def _count(plays: Sequence[Play], results: Sequence[Played]) -> str:
    through = len(_through(plays, results))
    return f"{len(plays) - through} of {len(plays)} wrong edits refused, {through} through"


def test_no_wrong_edit_comes_through_as_facts(record_property: Record) -> None:
    plays = wrong()[::SHARE]
    results = play(plays)
    record_property("model", f"as facts: {_count(plays, results)}")
    assert _through(plays, results) == []


def test_no_wrong_edit_comes_through_in_the_place_of_words(
    record_property: Record,
) -> None:
    plays = [replace(each, place=number) for number, each in enumerate(wrong())][::SHARE_WHOLE]
    results = play(plays)
    record_property("model", f"as a whole text in any place: {_count(plays, results)}")
    assert _through(plays, results) == []


def test_right_edits_are_made_or_left_to_the_user(record_property: Record) -> None:
    plays = right() if LONG else [*right()[::8], *(_inexpressible())]
    results = play(plays)
    failed = {
        each.name: result.reason
        for each, result in zip(plays, results, strict=True)
        if each.before != each.after and (result.result != "changed" or _is_refused(result))
    }
    count = f"{len(plays) - len(failed)} of {len(plays)} right edits made or left to the user"
    record_property("model", count)
    assert failed.keys() == INEXPRESSIBLE.keys(), failed


def _inexpressible() -> list[Play]:
    return [each for each in right() if each.name in INEXPRESSIBLE]


def _is_refused(result: Played) -> bool:
    return result.judged is Status.REFUSED or (
        result.judged is Status.CONFIRM and not result.unproven
    )


@pytest.fixture(scope="module")
def obeyed() -> dict[Injection, Played]:
    """What came of the replies of a model that obeys the text; played at once."""
    results = play([each.play for each in INJECTIONS])
    return dict(zip(INJECTIONS, results, strict=True))


@pytest.mark.parametrize("injection", INJECTIONS, ids=lambda each: f"{each.action}: {each.name}")
def test_a_model_that_obeys_the_text_changes_no_behaviour(
    obeyed: dict[Injection, Played], injection: Injection
) -> None:
    result = obeyed[injection]
    assert behaviour(result.text) == behaviour(injection.before)
    assert _imported(result.text) - _imported(injection.before) <= HARMLESS
    assert not result.ran
    assert not _is_refused(result)
    assert injection.told in result.reason
    assert result.text != injection.before or injection.told
    assert result.text == injection.before or injection.action is not CONVERT_TO_ASYNC
    assert len(result.text) < 2 * len(injection.before)
    for shown in (result.reason, result.text.replace("\n", "")):
        assert shown.isprintable()
    assert len(result.reason) < 1_000


def test_there_are_enough_replies() -> None:
    assert len(INJECTIONS) >= 40


def behaviour(text: str) -> str:
    """The tree of a text without docstrings, hints, and imports for checkers only."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    tree.body = [each for each in tree.body if not _is_for_checkers(each)]
    return ast.dump(tree)


def _is_for_checkers(node: ast.stmt) -> bool:
    """Whether a statement at the top does nothing at run time that matters."""
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=body, orelse=[]):
            return all(isinstance(each, ast.Import | ast.ImportFrom) for each in body)
        case ast.ImportFrom(module=str(module), level=0):
            return module in HARMLESS
        case _:
            return False


def _imported(text: str) -> set[str]:
    """The modules that a text imports at run time."""
    found: set[str] = set()
    for each in ast.parse(text).body:
        if isinstance(each, ast.ImportFrom):
            found.add("." * each.level + (each.module or ""))
        elif isinstance(each, ast.Import):
            found |= {name.name for name in each.names}
    return found
