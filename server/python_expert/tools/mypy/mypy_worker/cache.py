"""The cache of one project's program, so that the next start does not read everything.

It is written after each build, and after more modules were read than it contains, when there is
time; a written cache is never changed. Everything edited since is treated as an edit of the loaded
program. If that is in doubt, the cache is deleted and mypy builds from scratch.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Final

from mypy.version import __version__

from python_expert.processes.cache_folders import CacheError

from . import cache_index
from .cache_store import CacheStore
from .cache_writer import write
from .program import MASK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mypy.options import Options

    from python_expert.processes.wire import Json

    from .program import MypyProgram

AVAILABLE: Final = tuple(map(int, __version__.split(".")[:2])) == (2, 4)
"""Whether the internal format of this mypy's cache is known."""


class Cache:
    """The cache of one project's program.

    Args:
        options: mypy's options.
        floor: Whether no option may make mypy find less than by default.

    Attributes:
        due: Whether mypy has read modules that are not written yet.
    """

    def __init__(self, options: Options, *, floor: bool) -> None:
        self.due = False
        self._store: CacheStore | None = None
        self._is_read = False
        self._known: Json = {}
        if AVAILABLE:
            try:
                self._store = CacheStore(cache_index.key(options, floor=floor))
            except Exception as error:  # noqa: BLE001 - it is worth no check
                _log(f"mypy's cache is not used: {error}")

    def read(self) -> tuple[Path, Json] | None:
        """Return an earlier process's cache: its folder and index; None after the first call."""
        if self._store is None or self._is_read:
            return None
        self._is_read = True
        try:
            found = self._store.read()
        except CacheError as error:
            self.drop(error)
            return None
        if found:
            self._known = found[1]
        return found

    def note_use(self) -> None:
        """Record that the cache was good for a first check."""
        if self._store:
            self._store.note_use()

    def write(
        self,
        program: MypyProgram,
        stamps: Mapping[str, object],
        interrupted: Callable[[], bool],
    ) -> bool:
        """Write a program in which each module is up to date with all others.

        Args:
            program: The program.
            stamps: The state of files on disk when they were read.
            interrupted: Whether other work is waiting; nothing is kept then.

        Returns:
            Whether the cache was written.
        """
        if not program.live or MASK in program.overlay.texts.values():
            return False  # a text that replaces a file must not be cached
        store, folder = self._store, None
        index: Json = {}
        self.due = False
        if store is None:
            return False
        try:
            folder = store.begin()
            with contextlib.closing(write(program, folder, stamps, self._known, index)) as pieces:
                for _ in pieces:
                    if interrupted():
                        self.due = True
                        return False
            store.complete(folder, index)
        except Exception as error:  # noqa: BLE001 - the data comes from mypy
            _log(f"mypy's cache cannot be written: {type(error).__name__}: {error}")
            return False
        finally:
            if folder is not None:
                store.discard(folder)
        return True

    def drop(self, error: BaseException | str) -> None:
        """Delete the cache, and log the reason."""
        if self._store:
            kind = "" if isinstance(error, CacheError | str) else f"{type(error).__name__}: "
            _log(f"mypy's cache is deleted: {kind}{error}")
            self._store.drop()


def _log(text: str) -> None:
    sys.stderr.write(f"{text}\n")
