"""How the worker's findings are compared with those of a run, and how often that may be done."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from python_expert.diagnostics.finding import Report

SHARE: Final = 0.04
"""Of one core, for runs that only compare."""

AT_ONCE_S: Final = 5.0
"""How much of it may be used before it has come together: small projects need not wait."""


class Allowance:
    """How much time may go into runs.

    With a run after each save, and one save a minute, that is at most 5 % of a core in ten minutes.
    The time of runs that were cancelled counts.

    Args:
        clock: The time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._used = 0.0
        self._at = clock()

    def wait_s(self) -> float:
        """Seconds until the next run may begin."""
        self._settle()
        return max(0.0, (self._used - AT_ONCE_S) / SHARE)

    @contextmanager
    def spending(self) -> Iterator[None]:
        """Count the time of a run."""
        begun = self._clock()
        try:
            yield
        finally:
            self._settle()
            self._used += self._clock() - begun

    def _settle(self) -> None:
        now = self._clock()
        self._used = max(0.0, self._used - SHARE * (now - self._at))
        self._at = now


def key(report: Report) -> Counter[tuple[int, str, str]]:
    """What is compared: columns are left out, as they depend on mypy's parser."""
    return Counter(
        (finding.range.start.line, finding.code, finding.message) for finding in report.findings
    )


def difference(one: Report, other: Report) -> set[tuple[str, str]]:
    """The code and message of what is said in one of two reports only, wherever it is said."""
    first, second = key(one), key(other)
    return {(code, message) for _, code, message in (first - second) | (second - first)}
