"""Files that were changed a moment ago, as mypy's cache must see them."""

from __future__ import annotations

import os
import stat
import time
from typing import Final

from mypy.fscache import FileSystemCache

RECENT_S: Final = 2.0
"""mypy's cache compares times of change in whole seconds, and so do some file systems."""


class RecentFiles(FileSystemCache):
    """Files of which a recently changed one has a time of change that no other run knows.

    Otherwise mypy takes a file for unchanged that is changed once more in the same second and keeps
    its size. With another time it compares the file's hash.
    """

    def __init__(self) -> None:
        super().__init__()
        self._unknown = -(time.time_ns() // 1000)

    def stat_or_none(self, path: str) -> os.stat_result | None:
        """The state of a file or folder; None if there is none."""
        found = super().stat_or_none(path)
        if found is None or not stat.S_ISREG(found.st_mode):
            return found
        if time.time() - found.st_mtime >= RECENT_S:  # a time in the future says nothing, either
            return found
        return os.stat_result((*found[:8], self._unknown, found[9]))
