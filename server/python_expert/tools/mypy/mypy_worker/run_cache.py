"""The folder in which runs of the command for one project keep mypy's own cache."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
import time
from typing import TYPE_CHECKING

from .cache_store import PRIVATE, UNUSED_S, CacheError, expect_private, user_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = "lock"


@contextlib.contextmanager
def run_cache(key: object) -> Iterator[Path | None]:
    """Use a cache until the run ends; it is no other run's meanwhile.

    mypy looks into it only for modules that are as they were, by their files, options and versions.
    If the run fails, the cache is deleted: it may be the cause.

    Args:
        key: What the cache belongs to.

    Yields:
        The folder; None if there is none that can be used, or another run uses it.
    """
    name = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:32]
    with contextlib.ExitStack() as stack:
        try:
            folder = _private_folder(name)
            stack.enter_context(_lock(folder / LOCK))
        except (CacheError, OSError):
            yield None
            return
        try:
            yield folder
        except BaseException:
            _empty(folder)
            raise


def _private_folder(name: str) -> Path:
    """Make a folder that only this user can write to.

    Raises:
        CacheError: It is not, or there is no home folder.
        OSError: It cannot be made.
    """
    top = user_folder()
    runs = top / "python-expert" / "mypy-runs"
    top.mkdir(parents=True, exist_ok=True)
    for each in (runs.parent, runs, runs / name):
        each.mkdir(PRIVATE, exist_ok=True)
        expect_private(each)
    now = time.time()
    os.utime(runs / name)
    for each in runs.iterdir():
        if now - each.stat().st_mtime > UNUSED_S:
            shutil.rmtree(each, ignore_errors=True)
    return runs / name


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Hold a lock that ends with the process.

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
