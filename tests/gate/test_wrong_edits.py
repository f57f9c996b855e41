"""No mutant of a right edit passes, and no case by an author who had not read the gate.

Each run tests what the proof alone refuses, with a sample of the mutants. ``pytest -m long`` also
tests the rest, which needs the tools. ``python -m tests.gate.wrong_edits tests/gate/blind`` prints
the edits that pass, and counts.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from python_expert.actions.registry import ACTIONS
from python_expert.gate.verdict import Status
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC
from tests.gate.wrong_edits import edits
from tests.gate.wrong_edits.__main__ import MODULES
from tests.gate.wrong_edits.judging import Answer, judge, proof
from tests.gate.wrong_edits.known import KNOWN
from tests.gate.wrong_edits.sampling import sample
from tests.scale import LONG

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.actions.base import Action

SEED = 1
BLIND = edits.edits_of_folder(Path(__file__).parent / "blind")
LEFT_TO_TOOLS = {ADD_DOCSTRINGS: 0, ADD_TYPE_HINTS: 115, CONVERT_TO_ASYNC: 0}
"""How many of the blind cases the proof accepts and mypy or ruff refuses."""


def passing(wrong: Iterable[edits.Edit], folder: Path) -> list[str]:
    """Return the names of the wrong edits that pass the whole gate."""

    async def run() -> list[Answer]:
        return [each async for each in judge(wrong, folder, pytest.fail)]

    return [each.edit.name for each in asyncio.run(run()) if each.passes]


def test_the_proof_refuses_mutants_of_the_examples() -> None:
    right = [each for each in edits.right(MODULES[:1]) if each.source != "corpus"]
    wrong = sample(right, 150, SEED, hints=False)
    assert len(wrong) == len({(each.before, each.after) for each in wrong}) == 150
    assert [each.name for each in wrong if proof(each).passes] == []


@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_the_proof_leaves_no_more_blind_cases_to_the_tools(action: Action) -> None:
    own = [each for each in BLIND if each.action is action]
    assert len({each.name for each in own}) == len(own) >= 200
    through = [each.name for each in own if proof(each).passes]
    assert len(through) <= LEFT_TO_TOOLS[action], through


def test_known_passing_cases_pass() -> None:
    known = [each for each in BLIND if each.name in KNOWN]
    assert {each.name for each in known} == KNOWN.keys()
    assert {proof(each).status for each in known} == {Status.ACCEPTED}


@pytest.mark.long
@pytest.mark.skipif(not LONG, reason="takes minutes: pytest -m long")
def test_no_mutant_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)  # which has the packages that conversions use
    wrong = sample(edits.right(MODULES), 2400, SEED)
    assert len(wrong) >= 2000
    assert passing(wrong, tmp_path) == []


@pytest.mark.long
@pytest.mark.skipif(not LONG, reason="takes minutes: pytest -m long")
def test_no_blind_case_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    assert passing(BLIND, tmp_path) == []
