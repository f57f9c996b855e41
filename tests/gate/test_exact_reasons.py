"""Test all of the gate's reasons for some edits, with their 1-based lines.

Mutation testing of the gate and the proofs (``python -m tests.mutation``) showed that the other
corpora lacked these edits. They are in ``exact/*.toml``.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from python_expert.actions.base import Options
from python_expert.analysis.source import Source
from python_expert.gate.verdict import Status
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC
from tests.gate.to_async_case import OPTIONS

FOLDER = Path(__file__).parent / "exact"
ACTIONS = {
    "docstrings": (ADD_DOCSTRINGS, Options()),
    "type_hints": (ADD_TYPE_HINTS, Options()),
    "to_async": (CONVERT_TO_ASYNC, OPTIONS),
}
CASES = {
    f"{path.stem}: {case['name']}": (path.stem, case)
    for path in sorted(FOLDER.glob("*.toml"))
    for case in tomllib.loads(path.read_text("utf-8"))["case"]
}


@pytest.mark.parametrize(("kind", "case"), CASES.values(), ids=CASES)
def test_the_gate_gives_exactly_these_reasons(kind: str, case: dict[str, Any]) -> None:
    action, options = ACTIONS[kind]
    before, after = Source.of(case["before"]), Source.of(case["after"])
    verdict = action.prove(before, after, options)
    assert [f"{each.line + 1}: {each.message}" for each in verdict.reasons] == case["reasons"]
    assert verdict.status is Status(case["status"])


def test_a_reason_names_the_definition_that_it_is_about() -> None:
    _, case = CASES["to_async: two calls are taken for those of a built-in method"]
    before, after = Source.of(case["before"]), Source.of(case["after"])
    assert {each.key for each in CONVERT_TO_ASYNC.prove(before, after, OPTIONS).reasons} == {"fill"}
