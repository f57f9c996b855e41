"""Counts the files that mypy reads: for progress, and because an update is only good for few."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

NEW_MODULES: Final = 15
"""The number of new files that an update may always read; it may read as many as there are modules.

It reads them one by one, which takes up to twice the time of a build for each; but a build also
reads all other files again.
"""

PROGRESS_S: Final = 0.1


class TooManyModulesError(BaseException):
    """An update found many new files. mypy does not catch it, because it is not an Exception."""


class Reader:
    """Counts the files that mypy reads.

    Args:
        report: Called with the number of files at intervals during a build.

    Attributes:
        building: Whether a build is reading.
        limited: Whether the number of files is limited to what an update is good for.
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
            TooManyModulesError: There are too many new files for an update.
        """
        with self._lock:  # held while reporting, so that the numbers arrive in order
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
            known: Files that are not counted.
            most: The number of files that an update may read.
        """
        self._most = most
        self._known = set(known)
        self._read.clear()
