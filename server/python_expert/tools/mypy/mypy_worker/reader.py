"""Counts the files that mypy reads: for progress, and as an update is good for few only."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

NEW_MODULES: Final = 15
"""New files that an update may read in any case; it may read as many as there are modules.

It takes them one by one, which costs up to twice what a build needs for each; but that reads all
others again, too.
"""

PROGRESS_S: Final = 0.1


class TooManyModulesError(BaseException):
    """An update came upon many new files. mypy lets it through, as it is no Exception."""


class Reader:
    """Counts the files that mypy reads.

    Args:
        report: Called with their number now and then during a build.

    Attributes:
        building: Whether a build reads them.
        limited: Whether so many may be read only as an update is good for.
    """

    def __init__(self, report: Callable[[int], None]) -> None:
        self._report, self._next_report = report, 0.0
        self._lock = threading.Lock()  # mypy's native parser reads in several threads
        self._read: set[str] = set()
        self._known: set[str] = set()
        self._most = NEW_MODULES
        self.building = self.limited = False

    def __call__(self, path: str) -> None:
        """Count a file.

        Raises:
            TooManyModulesError: There are too many for an update.
        """
        with self._lock:  # held while reporting, so that the numbers arrive in their order
            if path not in self._known:
                self._read.add(path)
            if self.limited and len(self._read) > self._most:
                raise TooManyModulesError
            if self.building and time.monotonic() >= self._next_report:
                self._next_report = time.monotonic() + PROGRESS_S
                self._report(len(self._read))

    def begin(self, known: Iterable[str] = (), most: int = NEW_MODULES) -> None:
        """Count from zero.

        Args:
            known: What does not count.
            most: How many an update may read.
        """
        self._most = most
        self._known = set(known)
        self._read.clear()
