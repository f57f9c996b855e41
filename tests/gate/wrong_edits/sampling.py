"""Choosing mutants: the same ones for a seed, as many for each action."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.actions.registry import ACTIONS
from python_expert.gate.verdict import Status
from tests.gate.wrong_edits.contradictions import contradicted
from tests.gate.wrong_edits.judging import proof
from tests.gate.wrong_edits.mutations import changed_code, changed_hints, is_another

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.gate.wrong_edits.code import Mutant
    from tests.gate.wrong_edits.edits import Edit


def sample(right: Iterable[Edit], count: int, seed: int, *, hints: bool = True) -> list[Edit]:
    """Distinct wrong edits made of right ones, each with one mutation.

    Hints are mutated as often as the code around them. Of those mutants only the ones count that
    mypy contradicts.

    Args:
        right: Right edits.
        count: How many are wanted of all actions together.
        seed: Which.
        hints: Whether hints are mutated, for which mypy has to be asked.
    """
    share = count // len(ACTIONS)
    edits = [each for each in right if proof(each).status is not Status.REFUSED]
    found: list[Edit] = []
    for action in ACTIONS:
        own = [each for each in edits if each.action is action]
        types = _mixed(own, lambda each: changed_hints(each, seed), share, seed) if hints else []
        wrong = _contradicted(types)[: share // 2]
        code = _mixed(own, changed_code, share - len(wrong), seed)
        found += [*wrong, *(mutant for _, mutant in code)]
    return found


def _mixed(
    right: list[Edit], mutate: Callable[[Edit], list[Mutant]], count: int, seed: int
) -> list[tuple[Edit, Edit]]:
    """Right edits, each with a mutant; one of each edit in turn, until there are enough."""
    chosen = random.Random(seed)  # noqa: S311 - the same sample each time
    found: dict[tuple[str, str], tuple[Edit, Edit]] = {}
    waiting = [(each, _ordered(mutate(each), chosen)) for each in right]
    while waiting := [each for each in waiting if each[1]]:
        for edit, mutants in waiting:
            mutant = mutants.pop()
            text = mutant.applied(edit.after)
            key = edit.before, text
            if key in found or text == edit.before or not is_another(text, edit.after):
                continue
            name = f"{edit.name}: {mutant.name}"
            found[key] = edit, edit._replace(source="mutants", name=name, after=text)
            if len(found) == count:
                return list(found.values())
    return list(found.values())


def _ordered(mutants: list[Mutant], chosen: random.Random) -> list[Mutant]:
    """Mutants in an order by chance, the last one of each kind at the end of the list."""
    chosen.shuffle(mutants)
    seen: Counter[str] = Counter()
    keyed: list[tuple[int, int, Mutant]] = []
    for mutant in mutants:
        seen[mutant.kind] += 1
        keyed.append((-seen[mutant.kind], len(keyed), mutant))
    return [mutant for *_, mutant in sorted(keyed)]


def _contradicted(mutants: list[tuple[Edit, Edit]]) -> list[Edit]:
    """Those in which mypy finds more than in the right edit."""
    if not mutants:
        return []
    with tempfile.TemporaryDirectory() as folder:
        said = contradicted([(edit.after, each.after) for edit, each in mutants], Path(folder))
    return [each for (_, each), wrong in zip(mutants, said, strict=True) if wrong]
