"""Loads the program that an earlier process left in the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from python_expert.processes.cache_folders import CacheError

from .cache_reader import load
from .self_test import PROBES, prove

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from python_expert.processes.wire import Json

    from .cache import Cache
    from .program import MypyProgram
    from .skeletons import Skeletons

MOST: Final = 30
"""The number of closed files that may be checked to bring a cache up to date."""


class Resumption:
    """Loads a program from a cache.

    Args:
        cache: The cache.
        program: The program to load into.
        skeletons: Receives the modules that are not read.
    """

    def __init__(self, cache: Cache, program: MypyProgram, skeletons: Skeletons) -> None:
        self._cache, self._program, self._skeletons = cache, program, skeletons

    def attempt(
        self, check: Callable[[str, str], bool], update: Callable[[dict[str, None]], None]
    ) -> bool:
        """Load the program if there is a cache; the open files are then checked.

        Args:
            check: Checks an open file, by its path and module.
            update: Makes mypy update open files for which that is not enough.

        Returns:
            False if it must be built. If anything was in doubt, the cache is deleted.
        """
        found = self._cache.read()
        if found is None:
            return False
        try:
            self._load(*found)
            self._check_open(check, update)
        except BaseException as error:  # noqa: BLE001 - after any error the program is built from scratch
            self._cache.drop(error)
            self._skeletons.quick.start_anew()
            self._skeletons.updates.start_anew()
            self._skeletons.touched.clear()
            return False
        self._cache.note_use()
        self._program.built()
        return True

    def _check_open(
        self, check: Callable[[str, str], bool], update: Callable[[dict[str, None]], None]
    ) -> None:
        opened = self._program.buffers.open
        again: dict[str, None] = {}
        for path, buffer in opened.items():
            if buffer.source and not check(path, buffer.source.module):
                again[path] = None
        if again:
            update(again)
        if not all(buffer.result["parsed"] for buffer in opened.values()):
            raise CacheError("a file that is open cannot be parsed")  # others would see old text

    def _load(self, folder: Path, index: Json) -> None:
        """Load a program, and apply changes of closed files since then.

        Raises:
            CacheError: There are too many changes, or mypy's internals do not work as expected.
        """
        changed = load(self._program, self._skeletons.updates, folder, index, PROBES[1])
        if prove(self._program, self._skeletons.quick, "d2", built=False) != "d2":
            raise CacheError("the self-test failed")
        count = 0
        while changed:
            for module in sorted(changed):
                count += 1
                if count > MOST or not self._skeletons.check(module):
                    raise CacheError("many files have changed, or one that imports others now")
            self._skeletons.note(self._skeletons.quick.settle())
            changed = self._skeletons.touched.copy()
            self._skeletons.touched.clear()
