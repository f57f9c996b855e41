"""A model's replies pass the gate or change nothing, with the corpora and injections as replies."""

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
from tests.gate.replay import make_edits
from tests.scale import LONG

if TYPE_CHECKING:
    from tests.gate.injections import Injection
    from tests.gate.replay import ModelEdit, ModelEditResult

Record = Callable[[str, object], None]

pytestmark = [pytest.mark.long, pytest.mark.one_python]

SHARE = 1 if LONG else 16
"""Every n-th wrong edit is made from facts."""

SHARE_WHOLE = 1 if LONG else 24
"""Every n-th wrong edit is also sent as a whole text."""

INEXPRESSIBLE = {
    "a module with an own flag": "an import for checkers only needs TYPE_CHECKING for itself",
}
"""Right edits that a model's facts cannot express, with the reason."""

HARMLESS = {"__future__", "typing", "collections.abc"}
"""Modules whose import has no effect at run time."""


def _passed(edits: Sequence[ModelEdit], results: Sequence[ModelEditResult]) -> list[str]:
    """Return the wrong edits that the gate let through."""
    return [
        f"{each.name}: {result}"
        for each, result in zip(edits, results, strict=True)
        if _is_wrong(each, result)
    ]


def _is_wrong(each: ModelEdit, result: ModelEditResult) -> bool:
    if result.text == each.before:
        return not result.reason and result.result != "unchanged"
    unconfirmed = result.judged is not Status.ACCEPTED and not result.unproven
    return result.text == each.after or result.judged is Status.REFUSED or unconfirmed


def _count(edits: Sequence[ModelEdit], results: Sequence[ModelEditResult]) -> str:
    passed_count = len(_passed(edits, results))
    return (
        f"{len(edits) - passed_count} of {len(edits)} wrong edits refused, {passed_count} through"
    )


def test_no_wrong_edit_passes_as_facts(record_property: Record) -> None:
    edits = wrong()[::SHARE]
    results = make_edits(edits)
    record_property("model", f"as facts: {_count(edits, results)}")
    assert _passed(edits, results) == []


def test_no_wrong_edit_passes_as_a_text_in_a_field(
    record_property: Record,
) -> None:
    edits = [replace(each, place=number) for number, each in enumerate(wrong())][::SHARE_WHOLE]
    results = make_edits(edits)
    record_property("model", f"as a whole text in any place: {_count(edits, results)}")
    assert _passed(edits, results) == []


def test_right_edits_are_made_or_left_to_the_user(record_property: Record) -> None:
    edits = right() if LONG else [*right()[::8], *(_inexpressible())]
    results = make_edits(edits)
    failed = {
        each.name: result.reason
        for each, result in zip(edits, results, strict=True)
        if each.before != each.after and (result.result != "changed" or _is_refused(result))
    }
    count = f"{len(edits) - len(failed)} of {len(edits)} right edits made or left to the user"
    record_property("model", count)
    assert failed.keys() == INEXPRESSIBLE.keys(), failed


def _inexpressible() -> list[ModelEdit]:
    return [each for each in right() if each.name in INEXPRESSIBLE]


def _is_refused(result: ModelEditResult) -> bool:
    return result.judged is Status.REFUSED or (
        result.judged is Status.CONFIRM and not result.unproven
    )


@pytest.fixture(scope="module")
def results_by_injection() -> dict[Injection, ModelEditResult]:
    """The results for a model that obeys the text, all made in one run."""
    results = make_edits([each.model_edit for each in INJECTIONS])
    return dict(zip(INJECTIONS, results, strict=True))


@pytest.mark.parametrize("injection", INJECTIONS, ids=lambda each: f"{each.action}: {each.name}")
def test_a_model_that_obeys_the_text_changes_no_behaviour(
    results_by_injection: dict[Injection, ModelEditResult], injection: Injection
) -> None:
    result = results_by_injection[injection]
    assert behaviour(result.text) == behaviour(injection.before)
    assert _imported(result.text) - _imported(injection.before) <= HARMLESS
    assert not result.ran
    assert not _is_refused(result)
    assert injection.message in result.reason
    assert result.text != injection.before or injection.message
    assert result.text == injection.before or injection.action is not CONVERT_TO_ASYNC
    assert len(result.text) < 2 * len(injection.before)
    for shown in (result.reason, result.text.replace("\n", "")):
        assert shown.isprintable()
    assert len(result.reason) < 1_000


def test_there_are_enough_replies() -> None:
    assert len(INJECTIONS) >= 40


def behaviour(text: str) -> str:
    """Return the dump of a text's tree without docstrings, hints and imports for type checkers."""
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
    """Return whether a top-level statement has no relevant effect at run time."""
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=body, orelse=[]):
            return all(isinstance(each, ast.Import | ast.ImportFrom) for each in body)
        case ast.ImportFrom(module=str(module), level=0):
            return module in HARMLESS
        case _:
            return False


def _imported(text: str) -> set[str]:
    """Return the modules that a text imports at run time."""
    found: set[str] = set()
    for each in ast.parse(text).body:
        if isinstance(each, ast.ImportFrom):
            found.add("." * each.level + (each.module or ""))
        elif isinstance(each, ast.Import):
            found |= {name.name for name in each.names}
    return found
