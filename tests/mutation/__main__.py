"""Mutate the gate and the proofs: ``python -m tests.mutation [--mutants 150] [--seed 1]``.

A mutant is a small change to code that decides on an edit: a condition that is always true, an
operand left out, a refusal dropped. A mutant is killed if a test fails. The command prints each
mutant that survives. ``explained.toml`` explains those whose change no user could notice.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.mutation import relevant
from tests.mutation.direction import Direction
from tests.mutation.mutants import mutants_of
from tests.mutation.trial import End, Outcome, Trials

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.mutation.mutants import Mutant

EXPLAINED = Path(__file__).parent / "explained.toml"
STRICT_SHARE = 8
"""One mutant in this many may be strict. Lenient ones matter more: they can accept a wrong edit."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 1 if an unexplained mutant survives."""
    parser = argparse.ArgumentParser(prog="tests.mutation", description=__doc__)
    parser.add_argument("--mutants", type=int, default=150, help="how many (default: 150)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", default=[""], help="those whose name has one of these")
    parser.add_argument("--tests", nargs="*", help="test files (default: all that can notice)")
    given = parser.parse_args(arguments)
    mutants = mutants_of(relevant.mutated_files())
    wanted = [each for each in mutants if any(text in each.name for text in given.only)]
    plugin = Plugin(sample(wanted, given.mutants, given.seed), explained())
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = tempfile.mkdtemp()
    files = given.tests or [str(each) for each in relevant.test_files()]
    options = ["-qq", "-s", "-n0", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
    with Path(os.devnull).open("w") as nothing, redirect_stdout(nothing):
        pytest.main([*options, *files], plugins=[plugin])
    if not plugin.outcomes:
        return 2
    return _report(plugin)


def explained() -> dict[str, str]:
    """Return the reasons why mutants survive by the mutants' names."""
    found = tomllib.loads(EXPLAINED.read_text())
    return {name: each["reason"] for each in found["explained"] for name in each["mutants"]}


def sample(mutants: Iterable[Mutant], count: int, seed: int) -> list[Mutant]:
    """Return random mutants, one of each function and constant in turn.

    With the same seed, a smaller sample is the beginning of a larger one.

    Args:
        mutants: All mutants.
        count: The number of mutants.
        seed: The seed of the random numbers.
    """
    chosen = random.Random(seed)  # noqa: S311 - the same sample each time
    places: dict[tuple[Path, str], list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        places[mutant.path, mutant.function or mutant.constant].append(mutant)
    waiting = list(places.values())
    chosen.shuffle(waiting)
    for own in waiting:
        chosen.shuffle(own)
    found: list[Mutant] = []
    strict = 0
    while waiting:
        for own in waiting:
            while own:
                mutant = own.pop()
                if mutant.change.direction is Direction.STRICT:
                    if strict * STRICT_SHARE > len(found):
                        continue
                    strict += 1
                found.append(mutant)
                break
            if len(found) == count:
                return found
        waiting = [own for own in waiting if own]
    return found


class Plugin:
    """Tries mutants instead of running the tests that pytest has collected.

    Args:
        mutants: The mutants.
        reasons: Why some mutants survive, by their names.
    """

    def __init__(self, mutants: Sequence[Mutant], reasons: dict[str, str]) -> None:
        self.mutants = mutants
        self.reasons = reasons
        self.outcomes: list[Outcome] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try all mutants. pytest calls this when it has collected the tests."""
        trials = Trials(session)
        for number, mutant in enumerate(self.mutants, 1):
            outcome = trials.try_one(mutant)
            self.outcomes.append(outcome)
            if outcome.end is not End.KILLED:
                result = "explained" if mutant.name in self.reasons else outcome.end
                place = f"{relevant.relative(mutant.path)}:{mutant.change.line}"
                _say(f"{number}: {result}, {mutant.change.direction}: {place}\n    {mutant.name}")
            elif number % 10 == 0:
                _say(f"{number}: of {len(self.mutants)}")
        return True


def _say(text: str) -> None:
    os.write(1, f"{text}\n".encode())  # pytest captures the standard output


def _report(plugin: Plugin) -> int:
    left = 0
    _say(f"{'':10} {'mutants':>8} {'killed':>8} {'explained':>10} {'survived':>9}")
    for direction in Direction:
        counts = Counter(
            "killed"
            if each.end is End.KILLED
            else "explained"
            if each.mutant.name in plugin.reasons
            else "survived"
            for each in plugin.outcomes
            if each.mutant.change.direction is direction and each.end is not End.INVALID
        )
        left += counts["survived"]
        _say(
            f"{direction:10} {counts.total():8} {counts['killed']:8} "
            f"{counts['explained']:10} {counts['survived']:9}"
        )
    _say(f"unexplained: {left}")
    return bool(left)


if __name__ == "__main__":
    sys.exit(main())
