"""Test the mutants of the gate and their directions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from python_expert.gate.verdict import Reason, Verdict
from tests.mutation import patching, relevant
from tests.mutation.__main__ import explained, sample
from tests.mutation.direction import Direction
from tests.mutation.forking import forked
from tests.mutation.mutants import Mutant, mutants_of

if TYPE_CHECKING:
    from pathlib import Path

ALL = mutants_of(relevant.mutated_files())

TEXT = '''\
NAMES = {"a", "b"}


def fault(node: ast.AST) -> str | None:
    """Why a node is refused, or None."""
    if is_known(node) and not node.body:
        return "it is unknown"
    return None


def is_known(node: ast.AST) -> bool:
    return node.name in NAMES
'''


_BOTH = "is_known(node) and not node.body"


@pytest.fixture
def made(tmp_path: Path) -> dict[str, Mutant]:
    """The mutants of a small module by their changes."""
    path = tmp_path / "python_expert" / "a.py"
    path.parent.mkdir()
    path.write_text(TEXT)
    return {each.name.removeprefix("a "): each for each in mutants_of([path])}


def test_a_mutant_that_refuses_less_is_lenient(made: dict[str, Mutant]) -> None:
    by_direction = {
        direction: {name for name, each in made.items() if each.change.direction is direction}
        for direction in Direction
    }
    assert by_direction[Direction.LENIENT] == {
        "fault: condition False: is_known(node) and not node.body -> False",
        'fault: refusal dropped: return "it is unknown" -> return None',
        "is_known: result False: node.name in NAMES -> False",
    }
    assert by_direction[Direction.STRICT] == {
        "fault: condition True: is_known(node) and not node.body -> True",
        f"fault: and becomes or: {_BOTH} -> ((is_known(node)) or (not node.body))",
        "fault: operand dropped: is_known(node) -> True",
        "fault: operand dropped: not node.body -> True",
        "is_known: result True: node.name in NAMES -> True",
    }
    assert by_direction[Direction.OPEN] == {
        'NAMES: element left out: "a", -> ',
        'NAMES: element left out: , "b" -> ',
        "fault: not dropped: not node.body -> (node.body)",
        "is_known: comparison turned: node.name in NAMES -> (node.name not in NAMES)",
    }


def test_each_mutant_is_a_program_with_one_change(made: dict[str, Mutant]) -> None:
    texts = {ast.dump(ast.parse(each.applied())) for each in made.values()}
    assert len(texts | {ast.dump(ast.parse(TEXT))}) == len(made) + 1


@pytest.mark.one_python  # it forks, and newer Python versions warn about that if there are threads
def test_a_mutant_replaces_code_in_the_forked_process_only() -> None:
    mutant = next(
        each
        for each in ALL
        if each.path.stem == "verdict" and each.name.endswith("condition False: refused -> False")
    )

    def judged() -> str:
        patching.apply(mutant)
        return Verdict.of([Reason("wrong")], []).status

    assert forked(judged, 60) == "accepted"
    assert Verdict.of([Reason("wrong")], []).status == "refused"


def test_a_sample_is_the_start_of_a_larger_one_with_the_same_seed() -> None:
    assert sample(ALL, 20, 1) == sample(ALL, 40, 1)[:20] != sample(ALL, 20, 2)


def test_each_explanation_is_of_a_mutant() -> None:
    assert explained().keys() <= {each.name for each in ALL}
