"""The storage of caches: folders that only their user can write, each either complete or absent.

A cache is a *generation*: a folder with mypy's database and an index, which has the checksum of
both. It is written under another name, renamed when it is complete, and never changed after that.
So a reader sees a complete generation or none, even if other processes write or are killed at the
same time. A generation that was changed, or that another user could have written, is not used.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import time
import zlib
from typing import TYPE_CHECKING, Final

from python_expert.processes.cache_folders import PRIVATE, CacheError, CacheFolder, expect_private
from python_expert.processes.wire import Json

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

UNFINISHED_S: Final = 3600
"""The time in seconds after which an incomplete generation is assumed to be abandoned."""

INDEX: Final = "index.json"
WRITING, READING = "writing-", "reading-"


class CacheStore:
    """The generations of one cache.

    Args:
        key: The properties that the cache depends on; each key has its own cache.
        kind: The kind of cache.

    Raises:
        CacheError: There is no folder for caches.
    """

    def __init__(self, key: object, kind: str = "mypy") -> None:
        self._place = CacheFolder(kind, key)
        self._folder = self._place.path

    def read(self) -> tuple[Path, Json] | None:
        """Return the folder and the index of the newest generation, or None.

        Raises:
            CacheError: It was changed after it was written, or another user could have written it.
        """
        if not self._folder.exists():
            return None
        try:
            self._place.expect_private()
            if not all(_is_running(each) for each in self._folder.glob(f"{READING}*")):
                raise CacheError("the process that loaded it last crashed")
            indexes = self._folder.glob(f"*/{INDEX}")  # without one, it is being deleted
            found = sorted(each.parent for each in indexes if each.parent.name.isdigit())
            if not found:
                return None
            expect_private(found[-1])
            content = (found[-1] / INDEX).read_bytes()
            checksum, _, body = content.partition(b"\n")
            index: Json = json.loads(body)
            if int(checksum) != _checksum(body) or index["database"] != _checksum_of(found[-1]):
                raise CacheError("it is not what was written")
            self._mark.touch(PRIVATE)
            self._place.note_use()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CacheError(f"it cannot be read: {error!r}") from error
        return found[-1], index

    def note_use(self) -> None:
        """Record that the cache was good for a first check and did not end the process."""
        with contextlib.suppress(OSError):
            self._mark.unlink(missing_ok=True)

    def replace(
        self,
        write: Callable[[Path, Json], Generator[None]],
        interrupted: Callable[[], bool],
    ) -> bool:
        """Write a new generation, in pieces.

        Args:
            write: Writes the content of a folder, and then of an index.
            interrupted: Whether other work is waiting; nothing is kept then.

        Returns:
            Whether it was written.

        Raises:
            CacheError: It cannot be written.
        """
        folder, index = self.begin(), Json()
        try:
            with contextlib.closing(write(folder, index)) as pieces:
                for _ in pieces:
                    if interrupted():
                        return False
            self.complete(folder, index)
        finally:
            self.discard(folder)
        return True

    def begin(self) -> Path:
        """Create a folder for a new generation.

        Raises:
            CacheError: It cannot be created, or another user could write to it.
        """
        folder = self._folder / f"{WRITING}{os.getpid()}"
        try:
            self._place.make()
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(PRIVATE)
        except OSError as error:
            raise CacheError(str(error)) from error
        return folder

    def complete(self, folder: Path, index: Json) -> None:
        """Replace earlier generations by a new one.

        Raises:
            CacheError: It cannot replace them.
        """
        try:
            older = [each for each in self._folder.iterdir() if each.name.isdigit()]
            body = json.dumps({**index, "database": _checksum_of(folder)}).encode()
            with (folder / INDEX).open("wb") as file:
                file.write(b"%d\n%b" % (_checksum(body), body))
                file.flush()
                os.fsync(file.fileno())
            newest = max([0, *(int(each.name) for each in older)])
            folder.rename(self._folder / str(max(time.time_ns(), newest + 1)))
        except OSError as error:
            raise CacheError(str(error)) from error
        for each in older:
            shutil.rmtree(each, ignore_errors=True)
        self._clean()

    def discard(self, folder: Path) -> None:
        """Delete an incomplete generation."""
        shutil.rmtree(folder, ignore_errors=True)

    def drop(self) -> None:
        """Delete all generations."""
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _mark(self) -> Path:
        """The mark that this process loads the cache and has not finished its first check."""
        return self._folder / f"{READING}{os.getpid()}"

    def _clean(self) -> None:
        """Delete caches that are unused for long, and incomplete generations."""
        self._place.remove_unused()
        now = time.time()
        with contextlib.suppress(OSError):
            for each in self._folder.glob(f"{WRITING}*"):
                if now - each.lstat().st_mtime > UNFINISHED_S:
                    shutil.rmtree(each, ignore_errors=True)


def _is_running(mark: Path) -> bool:
    """Return whether the process that left a mark may still be running."""
    if sys.platform == "win32":  # a signal would end it
        return time.time() - mark.stat().st_mtime < UNFINISHED_S
    try:
        process = int(mark.name.removeprefix(READING))
        os.kill(process, 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return process != os.getpid()  # in a container each worker may have the same process id


def _checksum(content: bytes) -> int:
    return zlib.crc32(content)


def _checksum_of(generation: Path) -> int:
    """Return the checksum of a generation's database, which must be the only database file.

    Raises:
        CacheError: There is not exactly one complete database.
    """
    files = [each for each in generation.glob("*/cache.db*") if each.stat().st_size]
    databases = [each for each in files if not each.name.endswith("-shm")]
    if len(databases) != 1:
        raise CacheError("its database is not complete")
    return _checksum(databases[0].read_bytes())


def log(text: str) -> None:
    """Write a line to the worker's log."""
    sys.stderr.write(f"{text}\n")
