"""Which proposals are removed for findings whose place does not identify one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from python_expert.actions.attribution import Attribution
from python_expert.pipeline.culprits import MOST_TRIALS, UNKNOWN, Culprits, Rejected, Trials

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from python_expert.gate.comparison import Found

FOUND = cast("Found", object())
MANY = {f"f{number}": "int" for number in range(100)}


@dataclass
class Checker:
    """Reports a finding for texts that contain all hints of a conflict.

    Attributes:
        conflicts: The hints that conflict, each as ``name: type``.
        sizes: The number of proposals in each candidate.
    """

    conflicts: Sequence[Sequence[str]]
    sizes: list[int] = field(default_factory=list)

    async def judged(self, facts: Mapping[str, Any]) -> Rejected | None:
        """Return why some hints are rejected together, or None."""
        self.sizes.append(len(facts))
        hints = {f"{key}: {hint}" for key, fact in facts.items() for hint in fact.split()}
        found = [each for each in self.conflicts if hints.issuperset(each)]
        return Rejected("", (FOUND,), " and ".join(found[0])) if found else None

    async def weakened(self, key: str, fact: Any, why: Rejected, left: int) -> Attribution:  # noqa: ANN401 - facts are JSON
        """Return the hints of one definition without the first one."""
        del why, left
        first, _, rest = fact.partition(" ")
        return Attribution({key: rest} if rest else {}, {key: (0,)}, ((key, first),))


def searched(
    facts: Mapping[str, Any],
    *conflicts: Sequence[str],
    likely: Sequence[str] = (),
    restore: Mapping[str, Any] | None = None,
) -> tuple[Culprits, list[int]]:
    """Return the result of a search, and the sizes of the candidates that were judged."""
    checker = Checker(conflicts)
    culprits = Culprits(cast("Trials", checker))

    async def work() -> None:
        await culprits.search(facts, likely)
        await culprits.restore(restore or {})

    asyncio.run(work())
    return culprits, checker.sizes


@pytest.mark.parametrize("bad", ["f0", "f1", "f50", "f99"])
def test_one_wrong_hint_of_many_is_removed_and_the_others_stay(bad: str) -> None:
    culprits, sizes = searched(MANY, [f"{bad}: int"])
    assert culprits.kept == {key: hint for key, hint in MANY.items() if key != bad}
    assert culprits.causes.keys() == {bad}
    assert culprits.contradicted == [(bad, "int")]
    assert len(sizes) <= 9


def test_two_wrong_hints_are_removed_each_with_its_own_reason() -> None:
    culprits, sizes = searched(MANY, ["f20: int"], ["f70: int"])
    assert culprits.kept.keys() == MANY.keys() - {"f20", "f70"}
    assert {key: why.reason for key, why in culprits.causes.items()} == {
        "f20": "f20: int",
        "f70": "f70: int",
    }
    assert len(sizes) <= MOST_TRIALS + 1


def test_of_two_conflicting_hints_the_likely_culprit_is_removed() -> None:
    culprits, _ = searched(MANY, ["f3: int", "f80: int"], likely=["f3"])
    assert culprits.causes.keys() == {"f3"}


def test_the_other_hints_of_a_definition_stay() -> None:
    facts = {"f": "int", "g": "bytes str", "h": "int"}
    culprits, _ = searched(facts, ["g: bytes"])
    assert culprits.kept == {"f": "int", "g": "str", "h": "int"}
    assert culprits.causes.keys() == {"g"}


def test_with_too_many_causes_passing_hints_are_kept_and_the_rest_is_not_blamed() -> None:
    culprits, sizes = searched(MANY, *([f"f{number}: int"] for number in range(10, 100, 5)))
    assert culprits.kept.keys() >= {f"f{number}" for number in range(10)}
    assert culprits.kept.keys() | culprits.causes.keys() == MANY.keys()
    assert culprits.causes["f99"].reason == UNKNOWN
    assert culprits.causes["f10"].reason != UNKNOWN
    assert len(sizes) <= MOST_TRIALS + 1


def test_hints_that_were_wrongly_removed_before_are_restored() -> None:
    facts, earlier = {"f": "int", "g": "str", "h": "int"}, {"a": "int", "b": "int", "h": "int str"}
    culprits, _ = searched(facts, ["g: str"], ["b: int"], restore=earlier)
    assert culprits.kept == {"f": "int", "a": "int", "h": "int str"}
