"""The cache of one project's program, so that the next start does not read everything.

It is written after each build, and after more modules were read than it contains, when there is
time; a written cache is never changed. Everything edited since is treated as an edit of the loaded
program. If that is in doubt, the cache is deleted and mypy builds from scratch.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from python_expert.processes.cache_folders import CacheError

from . import cache_index
from .cache_store import CacheStore, log
from .cache_writer import AVAILABLE, write
from .program import MASK
from .stub_cache import StubCache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mypy.options import Options

    from python_expert.processes.wire import Json

    from .program import MypyProgram


class Cache:
    """The cache of one project's program, and that of mypy's own stubs.

    Args:
        options: mypy's options.
        floor: Whether no option may make mypy find less than by default.

    Attributes:
        due: Whether mypy has read modules that are not written yet.
        stubs: The cache of mypy's own stubs.
    """

    def __init__(self, options: Options, *, floor: bool) -> None:
        self.due = False
        self.stubs = StubCache(options)
        self._store: CacheStore | None = None
        self._is_read = False
        if AVAILABLE:
            try:
                self._store = CacheStore(cache_index.key(options, floor=floor))
            except Exception as error:  # noqa: BLE001 - it is worth no check
                log(f"mypy's cache is not used: {error}")

    def read(self) -> tuple[Path, Json] | None:
        """Return an earlier process's cache: its folder and index; None after the first call."""
        if self._store is None or self._is_read:
            return None
        self._is_read = True
        try:
            return self._store.read()
        except CacheError as error:
            self.drop(error)
            return None

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
        self.due = False
        if self._store is None:
            return False
        try:
            self.due = not self._store.replace(partial(write, program, stamps), interrupted)
        except Exception as error:  # noqa: BLE001 - the data comes from mypy
            log(f"mypy's cache cannot be written: {type(error).__name__}: {error}")
            return False
        if not self.due:
            self.stubs.write(program, stamps, interrupted)
        return not self.due

    def drop(self, error: BaseException | str) -> None:
        """Delete the project's cache, and log the reason."""
        if self._store:
            kind = "" if isinstance(error, CacheError | str) else f"{type(error).__name__}: "
            log(f"mypy's cache is deleted: {kind}{error}")
            self._store.drop()

    def drop_all(self, error: BaseException | str) -> None:
        """Delete both caches, because it is not known which one, if any, was the cause."""
        self.drop(error)
        self.stubs.drop(error)
