"""Finds, reads and writes the baseline of a project."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.baseline.file import NAME, BaselineError, read, write
from python_expert.text.repository import enclosing

if TYPE_CHECKING:
    from collections.abc import Container

    from python_expert.baseline.file import Entries, StoredEntries

_NEW_FILE = 0o644


def find(root: Path, planned: Container[Path] = ()) -> Path:
    """Return the path of a project's baseline, in its folder or above it in the repository.

    If there is none, return the path at which it would be created.

    Args:
        root: The project's folder.
        planned: Baselines that will be written.
    """
    candidates = [folder / NAME for folder in enclosing(root)]
    return next((p for p in candidates if p in planned or os.path.lexists(p)), root / NAME)


def load(path: Path) -> StoredEntries | None:
    """Read a baseline; None if there is none.

    Takes a second for some 500,000 entries, so do not call it on the event loop.

    Raises:
        BaselineError: It cannot be read, is not a baseline, or has another version.
    """
    if not os.path.lexists(path):
        return None
    try:
        target = _target(path)
        if not stat.S_ISREG(target.stat().st_mode):
            raise BaselineError("this is not a file")
        return read(target.read_bytes())
    except (OSError, RuntimeError) as error:  # RuntimeError: circular links
        raise BaselineError(f"the file cannot be read: {_why(error)}") from error


def save(path: Path, entries: Entries) -> None:
    """Write a baseline; another process sees the old or the new one, never a part.

    Raises:
        BaselineError: It cannot be written.
    """
    try:
        target = _target(path)
        if os.path.lexists(target) and not os.access(target, os.W_OK):
            raise BaselineError("the file is read-only")
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else _NEW_FILE
        handle, name = tempfile.mkstemp(prefix=f"{NAME}.", dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(write(entries))
            Path(name).chmod(mode)
            Path(name).replace(target)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except (OSError, RuntimeError) as error:
        raise BaselineError(f"the file cannot be written: {_why(error)}") from error


def _target(path: Path) -> Path:
    """Return the target file of a baseline that is a link.

    A cloned repository must not make us read or write a file somewhere else.
    """
    if not path.is_symlink():
        return path
    target = path.resolve()
    if not target.is_relative_to(path.parent.resolve()):
        raise BaselineError("the file is a link to a place outside its folder")
    return target


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
