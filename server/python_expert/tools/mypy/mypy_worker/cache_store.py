"""Where caches are kept: folders that only their user can write, each complete or not there.

A cache is a *generation*: a folder with mypy's database and an index, which has the checksum of
both. It is written under another name and renamed when it is complete, and never changed after
that. So a reader sees the whole of a generation or none, whichever process writes or is killed
meanwhile. A generation that is not as it was written, or that another user could have written,
is not used.
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

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.processes.wire import Json

UNFINISHED_S: Final = 3600
"""What was not completed within so long belongs to a process that has ended."""

INDEX: Final = "index.json"
WRITING, READING = "writing-", "reading-"


class CacheStore:
    """The generations of one cache.

    Args:
        key: What the cache depends on; that of another key is another one.

    Raises:
        CacheError: There is no folder for caches.
    """

    def __init__(self, key: object) -> None:
        self._place = CacheFolder("mypy", key)
        self._folder = self._place.path

    def read(self) -> tuple[Path, Json] | None:
        """The folder and the index of the newest generation, if there is one.

        Raises:
            CacheError: It is not as it was written, or another user could have written it.
        """
        if not self._folder.exists():
            return None
        try:
            self._place.expect_private()
            if not all(_is_running(each) for each in self._folder.glob(f"{READING}*")):
                raise CacheError("the process that loaded it last crashed")
            found = sorted(each for each in self._folder.iterdir() if each.name.isdigit())
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
        """What was read was good for a first check: it has not ended the process."""
        with contextlib.suppress(OSError):
            self._mark.unlink(missing_ok=True)

    def begin(self) -> Path:
        """Make a folder for a new generation.

        Raises:
            CacheError: It cannot be made, or another user could write to it.
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
        """Have a new generation take the place of those before.

        Raises:
            CacheError: It cannot.
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
        """Delete a generation that was begun, if it is not complete."""
        shutil.rmtree(folder, ignore_errors=True)

    def drop(self) -> None:
        """Delete all generations."""
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _mark(self) -> Path:
        """Says that this process loads the cache, and is not done with its first check."""
        return self._folder / f"{READING}{os.getpid()}"

    def _clean(self) -> None:
        """Delete caches that have not been used for long, and what was never completed."""
        self._place.remove_unused()
        now = time.time()
        with contextlib.suppress(OSError):
            for each in self._folder.glob(f"{WRITING}*"):
                if now - each.lstat().st_mtime > UNFINISHED_S:
                    shutil.rmtree(each, ignore_errors=True)


def _is_running(mark: Path) -> bool:
    """Whether the process that has left a mark may still be running."""
    if sys.platform == "win32":  # a signal would end it
        return time.time() - mark.stat().st_mtime < UNFINISHED_S
    try:
        process = int(mark.name.removeprefix(READING))
        os.kill(process, 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return process != os.getpid()  # in a container each worker may have the same number


def _checksum(content: bytes) -> int:
    return zlib.crc32(content)


def _checksum_of(generation: Path) -> int:
    """The checksum of the database of a generation, which nothing may have been added to.

    Raises:
        CacheError: There is not one database that is complete.
    """
    files = [each for each in generation.glob("*/cache.db*") if each.stat().st_size]
    databases = [each for each in files if not each.name.endswith("-shm")]
    if len(databases) != 1:
        raise CacheError("its database is not complete")
    return _checksum(databases[0].read_bytes())
