"""Saves rewritten files: all changes of a result, or none."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.cli.rewritten import Replaced
from python_expert.text.decoding import decode, encoding_of
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    from python_expert.cli.rewritten import Rewritten


def save(rewritten: Rewritten) -> str:
    """Create new files and replace rewritten ones; either all of them or none.

    Returns:
        The reason why that failed, or an empty string.
    """
    made: list[Path] = []
    why = ""
    for new in rewritten.outcome.created:
        path = to_path(new.uri) or Path(new.uri)
        try:
            with path.open("x", encoding="utf-8", newline="") as file:
                made.append(path)
                file.write(new.text)
        except (OSError, ValueError) as error:
            why = f"{path} cannot be created: {getattr(error, 'strerror', None) or error}"
            break
    done: list[Replaced] = []
    for each in rewritten.replaced if not why else ():
        if why := _replace(each):
            break
        done.append(each)
    if why:
        for path in made:
            path.unlink(missing_ok=True)
        for each in done:
            _replace(Replaced(each.path, each.after, each.before))
    return why


def _replace(rewritten: Replaced) -> str:
    """Replace a file's text atomically; see `save`."""
    path = rewritten.path.resolve()
    try:
        before = path.read_bytes()
        if decode(before) != rewritten.before:
            return f"{path.name} was changed in the meantime; it is not written"
        mode = path.stat().st_mode
        if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(path, os.W_OK):
            return "the file is read-only; it is not written"
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(rewritten.after.encode(encoding_of(before)))
            shutil.copymode(path, name)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        return f"the file cannot be written: {error.strerror or error}"
    except ValueError as error:
        return f"the file cannot be written in its encoding: {error}"
    return ""
