"""Choose random mutants, the same ones for a seed and equally many for each action."""

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
    """Return distinct mutants of right edits, each with one mutation.

    Half of the mutants change hints, the others the code. Mutants of hints only count if mypy
    contradicts them.

    Args:
        right: Right edits.
        count: The number of mutants of all actions together.
        seed: The seed of the random numbers.
        hints: Whether to mutate hints, which needs mypy.
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
    """Return right edits with a mutant each, one of each edit in turn, until there are enough."""
    random_numbers = random.Random(seed)  # noqa: S311 - the same sample each time
    found: dict[tuple[str, str], tuple[Edit, Edit]] = {}
    waiting = [(each, _ordered(mutate(each), random_numbers)) for each in right]
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


def _ordered(mutants: list[Mutant], random_numbers: random.Random) -> list[Mutant]:
    """Return the mutants in random order, with one of each kind at the end of the list."""
    random_numbers.shuffle(mutants)
    kind_counts: Counter[str] = Counter()
    keyed: list[tuple[int, int, Mutant]] = []
    for mutant in mutants:
        kind_counts[mutant.kind] += 1
        keyed.append((-kind_counts[mutant.kind], len(keyed), mutant))
    return [mutant for *_, mutant in sorted(keyed)]


def _contradicted(mutants: list[tuple[Edit, Edit]]) -> list[Edit]:
    """Return the mutants in which mypy finds more errors than in the right edit."""
    if not mutants:
        return []
    with tempfile.TemporaryDirectory() as folder:
        is_contradicted = contradicted(
            [(edit.after, each.after) for edit, each in mutants], Path(folder)
        )
    return [each for (_, each), wrong in zip(mutants, is_contradicted, strict=True) if wrong]
