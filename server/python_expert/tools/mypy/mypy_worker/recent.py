"""A file system for mypy's cache with unique modification times for recently changed files."""

from __future__ import annotations

import os
import stat
import time
from typing import Final

from mypy.fscache import FileSystemCache

RECENT_S: Final = 2.0
"""The time in seconds after a change during which another change may have the same time: mypy's
cache and some file systems compare modification times in whole seconds."""


class RecentFiles(FileSystemCache):
    """A file system in which a recently changed file has a time that no other run knows.

    Otherwise mypy would treat a file as unchanged that is changed again in the same second and
    keeps its size. With a different time, mypy compares the file's hash.
    """

    def __init__(self) -> None:
        super().__init__()
        self._unknown = -(time.time_ns() // 1000)

    def stat_or_none(self, path: str) -> os.stat_result | None:
        """Return the state of a file or folder; None if there is none."""
        found = super().stat_or_none(path)
        if found is None or not stat.S_ISREG(found.st_mode):
            return found
        if time.time() - found.st_mtime >= RECENT_S:  # a time in the future is not reliable either
            return found
        return os.stat_result((*found[:8], self._unknown, found[9]))
