"""What tests have written, cut where it is too long to be kept in memory."""

from __future__ import annotations

import contextlib
import io
import os
from typing import Any

MOST_CAPTURED = 1_000_000
"""Bytes that one phase of a test may write; of more, only the end is kept."""

LEFT_OUT = "[The beginning is left out: there is too much.]"


class EndOnly(io.StringIO):
    """A text file that keeps the end of what is written to it."""

    def write(self, text: str, /) -> int:
        """Write a text."""
        if self.tell() + len(text) > MOST_CAPTURED:
            kept = (self.getvalue() + text)[-MOST_CAPTURED // 2 :]
            self.seek(0)
            self.truncate()
            super().write(kept)
        else:
            super().write(text)
        return len(text)


def end_of(text: str, longest: int) -> str:
    """The last characters of a text, with a note if there are more."""
    return text if len(text) <= longest else f"{LEFT_OUT}\n{text[-longest:]}"


def cut_captured(config: Any) -> None:  # noqa: ANN401 - pytest's classes are not all public
    """Cut what pytest has captured and has not read yet, which it would read as a whole.

    That is in temporary files, unless the project has ``--capture=sys``.
    """
    manager = config.pluginmanager.getplugin("capturemanager")
    capturing = getattr(manager, "_global_capturing", None)
    for stream in ("out", "err"):
        file: Any = getattr(getattr(capturing, stream, None), "tmpfile", None)
        with contextlib.suppress(AttributeError, OSError, ValueError):
            _cut(file.fileno())


def _cut(file: int) -> None:
    size = os.fstat(file).st_size
    if size > MOST_CAPTURED:
        end = os.pread(file, MOST_CAPTURED, size - MOST_CAPTURED)
        os.ftruncate(file, 0)
        os.lseek(file, 0, os.SEEK_SET)
        os.write(file, end)
