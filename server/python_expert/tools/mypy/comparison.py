"""Compares the worker's findings with those of a run, and limits the time of such runs."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from python_expert.diagnostics.finding import Report

SHARE: Final = 0.04
"""The share of one core that runs for comparison may use."""

AT_ONCE_S: Final = 5.0
"""Seconds that may be used in advance, so that small projects need not wait."""


class Allowance:
    """Limits the processor time of runs.

    With one save per minute and a run after each, this is at most 5 % of a core in ten minutes. The
    time of runs that were cancelled counts.

    Args:
        clock: Returns the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._used = 0.0
        self._at = clock()

    def wait_s(self) -> float:
        """Return the number of seconds until the next run may begin."""
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
    """Return the compared parts of a report; no columns, as they depend on mypy's parser."""
    return Counter(
        (finding.range.start.line, finding.code, finding.message) for finding in report.findings
    )


def difference(one: Report, other: Report) -> set[tuple[str, str]]:
    """Return the code and message of findings in only one of two reports; lines do not count."""
    first, second = key(one), key(other)
    return {(code, message) for _, code, message in (first - second) | (second - first)}
