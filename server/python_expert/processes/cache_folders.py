"""Private cache folders, one for each cache."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
import sys
import time
from pathlib import Path
from typing import Final

UNUSED_S: Final = 30 * 24 * 3600
"""The time in seconds after which an unused cache is removed."""

PRIVATE: Final = 0o700


class CacheError(Exception):
    """A cache cannot be used or written."""


def user_folder() -> Path:
    """Return the platform's folder for the caches of all programs.

    Raises:
        CacheError: There is no such folder.
    """
    is_windows = sys.platform == "win32"
    home = Path(os.environ.get("USERPROFILE" if is_windows else "HOME", ""))
    named = Path(os.environ.get("LOCALAPPDATA" if is_windows else "XDG_CACHE_HOME", ""))
    usual = {"win32": "AppData/Local", "darwin": "Library/Caches"}.get(sys.platform, ".cache")
    folder = named if named.is_absolute() else home / usual
    if not folder.is_absolute():
        raise CacheError("there is no home folder")
    return folder


class CacheFolder:
    """A folder for one cache.

    Args:
        kind: The kind of cache; caches of one kind are in the same folder.
        key: The properties that the cache depends on; each key has its own cache.

    Attributes:
        path: The folder; it may not exist yet.

    Raises:
        CacheError: There is no folder for caches.
    """

    def __init__(self, kind: str, key: object) -> None:
        name = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:32]
        self._top = user_folder()
        self._kind = self._top / "python-expert" / kind
        self.path = self._kind / name

    def make(self) -> None:
        """Create the folder.

        Raises:
            CacheError: Another user could write to it.
            OSError: It cannot be created.
        """
        self._top.mkdir(parents=True, exist_ok=True)
        for each in self._own():
            each.mkdir(PRIVATE, exist_ok=True)
        self.expect_private()

    def expect_private(self) -> None:
        """Reject a folder that another user could have written to.

        Raises:
            CacheError: Another user could have written to it.
            OSError: It does not exist.
        """
        for each in self._own():
            expect_private(each)

    def note_use(self) -> None:
        """Record that the cache is used, so that it is not removed.

        Raises:
            OSError: It does not exist.
        """
        os.utime(self.path)

    def remove_unused(self) -> None:
        """Delete caches of the same kind that are unused for ``UNUSED_S``."""
        now = time.time()
        with contextlib.suppress(OSError):
            for each in self._kind.iterdir():
                if now - each.lstat().st_mtime > UNUSED_S:
                    shutil.rmtree(each, ignore_errors=True)

    def _own(self) -> tuple[Path, Path, Path]:
        return self._kind.parent, self._kind, self.path


def expect_private(folder: Path) -> None:
    """Reject a folder that another user could have written to.

    Raises:
        CacheError: Another user could have written to it, or owns it.
    """
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise CacheError(f"{folder} is not a folder")
    if sys.platform != "win32" and (
        status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    ):
        raise CacheError(f"others could have written to {folder}")
