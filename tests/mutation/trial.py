"""Try mutants with the tests that pytest has collected."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

import pytest

from tests.mutation import patching, relevant
from tests.mutation.forking import forked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tests.mutation.mutants import Mutant
    from tests.mutation.relevant import Known

QUICK_S = 1.0
"""Tests up to this many seconds run first for each mutant."""

DEADLINE_S = 30.0
"""Seconds that tests may take with a mutant, in addition to ten times their usual duration."""


class End(StrEnum):
    """The possible results of a trial."""

    KILLED = "killed"
    """A test failed, or took far too long."""
    SURVIVED = "survived"
    """The tests passed."""
    UNREACHED = "unreached"
    """No test runs the line."""
    INVALID = "invalid"
    """The mutant cannot be tried: its function is not in this process, or cannot be replaced."""


class Outcome(NamedTuple):
    """The result of one mutant's trial.

    Attributes:
        mutant: The mutant.
        end: The result.
        test: The test that failed, or empty.
    """

    mutant: Mutant
    end: End
    test: str = ""


def _is_plain(item: pytest.Item) -> TypeGuard[pytest.Function]:
    """Return whether a test is a function of its parameters alone, without fixtures.

    Most tests are. pytest takes as long to prepare a test as the gate to judge an edit.
    """
    return (
        isinstance(item, pytest.Function)
        and hasattr(item, "callspec")
        and item.cls is None
        and all(each.name == "parametrize" for each in item.iter_markers())
        and {*item.fixturenames} == {*item.callspec.params}
    )


class Trials:
    """Runs the tests of a pytest session with mutants.

    Args:
        session: The session with collected tests, before any has run.
    """

    def __init__(self, session: pytest.Session) -> None:
        self._session = session
        self._items = {each.nodeid: each for each in session.items}
        self._kills: Counter[str] = Counter()
        records = relevant.load()
        files: dict[Path, list[str]] = {}
        for name, item in self._items.items():
            if name not in records:
                files.setdefault(item.path, []).append(name)
        for names in files.values():
            records |= self._measured(names)
            relevant.save(records)
        self._records = {name: each for name, each in records.items() if name in self._items}

    def try_one(self, mutant: Mutant) -> Outcome:
        """Run the tests that reach a mutant until one fails, quick tests first."""
        tests = self._ordered(self._reaching(mutant))
        if not tests:
            return Outcome(mutant, End.UNREACHED)
        seconds = sum(self._records[name].seconds for name in tests)
        answer = forked(lambda: self._run(mutant, tests), DEADLINE_S + 10 * seconds)
        if answer is None:
            return Outcome(mutant, End.KILLED, "none in time")
        end, _, test = answer.partition(" ")
        self._kills[test] += 1
        return Outcome(mutant, End(end), test)

    def _reaching(self, mutant: Mutant) -> list[str]:
        path = relevant.relative(mutant.path)
        wanted = patching.users_of(mutant) if mutant.constant else {mutant.change.line}
        found = [
            name
            for name, each in self._records.items()
            if not wanted.isdisjoint(each.lines.get(path, ()))
        ]
        if mutant.constant and not found:  # the line is for other modules, or for another constant
            found = [name for name, each in self._records.items() if path in each.lines]
        return found

    def _ordered(self, names: Iterable[str]) -> list[str]:
        def key(name: str) -> tuple[bool, int, float]:
            seconds = self._records[name].seconds
            return seconds > QUICK_S, -self._kills[name], seconds

        return sorted(names, key=key)

    def _run(self, mutant: Mutant, tests: Sequence[str]) -> str:
        try:
            patching.apply(mutant)
        except ValueError:
            return End.INVALID
        except Exception as error:  # noqa: BLE001 - the mutant cannot be imported
            return f"{End.KILLED} {type(error).__name__}"
        for name in tests:
            if not self._passes(name):
                return f"{End.KILLED} {name}"
        return End.SURVIVED

    def _passes(self, name: str) -> bool:
        item = self._items[name]
        if _is_plain(item):
            try:
                item.obj(**item.callspec.params)
            except Exception:  # noqa: BLE001 - any error fails the test
                return False
            return True
        failed = self._session.testsfailed
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return self._session.testsfailed == failed

    def _measured(self, names: Sequence[str]) -> dict[str, Known]:
        """Return the records of tests without mutants, measured in another process."""

        def measure() -> str:
            relevant.save(relevant.measured(names, self._passes))
            return "measured"

        if forked(measure, 3600) is None:
            pytest.exit("the tests could not be run without mutants", 2)
        return relevant.load()
