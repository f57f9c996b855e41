"""mypy's view of the file system, with unsaved text in place of files."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from mypy.fscache import FileSystemCache
from mypy.util import hash_digest

if TYPE_CHECKING:
    from collections.abc import Callable


class Overlay(FileSystemCache):
    """mypy's view of the file system, with texts in place of files.

    Files that were read are cached until `flush`, so the disk is not read at every keystroke.

    Args:
        on_read: Called with the path of each file that mypy is about to read.
    """

    def __init__(self, on_read: Callable[[str], None]) -> None:
        self.texts: dict[str, bytes] = {}
        self._on_read = on_read
        self._clock = count(int(time.time()))  # mypy compares times by the second
        super().__init__()

    def set(self, path: str, text: bytes | None) -> None:
        """Replace a path, which need not exist, by `text`; with None restore the file on disk."""
        known = self.texts.pop(path, None)
        if text is not None:
            self.texts[path] = text
        if text is None or known is None:
            self.flush()
        else:
            self._prime(path)

    def flush(self) -> None:
        """Clear the cache of files on disk."""
        super().flush()
        for path in self.texts:
            self._prime(path)

    def read(self, path: str) -> bytes:
        """Read a file, or the text that replaces it."""
        self._on_read(path)
        return super().read(path)

    def exists(self, path: str, real_only: bool = False) -> bool:  # noqa: FBT001, FBT002 - mypy's
        """Return whether a path exists; the native parser reads `real_only` files itself."""
        if real_only:
            self._on_read(path)
        return super().exists(path) and not (real_only and path in self.texts)

    def stamp(self, path: str) -> object:
        """Return a value that changes when the file has changed since the last `flush`."""
        status = self.stat_or_none(path)
        if status is None or stat.S_ISDIR(status.st_mode):
            return status is None
        return status.st_mtime_ns, status.st_size

    def _prime(self, path: str) -> None:
        text = self.texts[path]
        self.stat_or_none_cache[path] = self._stat(stat.S_IFREG, len(text))
        self.read_cache[path] = text
        self.hash_cache[path] = hash_digest(text)
        for child in (Path(path), *Path(path).parents):
            folder = str(child.parent)
            made_up = self.stat_or_none(folder) is None
            if made_up:
                self.stat_or_none_cache[folder] = self._stat(stat.S_IFDIR, 0)
                self.listdir_cache[folder] = []
            with contextlib.suppress(OSError):
                names = self.listdir(folder)
                if child.name not in names:
                    names.append(child.name)
            if not made_up:
                break

    def _stat(self, kind: int, size: int) -> os.stat_result:
        now = next(self._clock)
        return os.stat_result((kind | 0o644, now, 0, 1, 0, 0, size, now, now, now))
