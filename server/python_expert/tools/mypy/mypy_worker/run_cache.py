"""The folder of mypy's own cache for runs of the command in one project."""

from __future__ import annotations

import contextlib
import shutil
import sys
from typing import TYPE_CHECKING

from python_expert.processes.cache_folders import CacheError, CacheFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = "lock"


@contextlib.contextmanager
def run_cache(key: object) -> Iterator[Path | None]:
    """Use a cache until the run ends; no other run can use it meanwhile.

    mypy only uses it for modules whose files, options and versions are unchanged. If the run fails,
    the cache is deleted, because it may be the cause.

    Args:
        key: What the cache depends on.

    Yields:
        The folder; None if no folder can be used, or another run uses it.
    """
    with contextlib.ExitStack() as stack:
        try:
            place = CacheFolder("mypy-runs", key)
            place.make()
            place.note_use()
            place.remove_unused()
            stack.enter_context(_lock(place.path / LOCK))
        except (CacheError, OSError):
            yield None
            return
        try:
            yield place.path
        except BaseException:
            _empty(place.path)
            raise


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Hold a lock that is released when the process ends.

    Raises:
        OSError: Another process holds it.
    """
    if sys.platform == "win32":
        raise OSError("runs at the same time cannot be told apart")
    import fcntl  # noqa: PLC0415 - there is none on Windows

    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def _empty(folder: Path) -> None:
    for each in folder.iterdir():
        if each.name != LOCK:
            shutil.rmtree(each, ignore_errors=True)
