"""Limits the captured output of tests, so that it fits in memory."""

from __future__ import annotations

import contextlib
import io
import os
from typing import Any

MOST_CAPTURED = 1_000_000
"""The number of bytes that are kept of the output of one phase of a test, from its end."""

LEFT_OUT = "[The beginning is left out: there is too much.]"


class EndOnly(io.StringIO):
    """A text file that only keeps the end of the written text."""

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
    """Return the last characters of a text, with a note if it is longer."""
    return text if len(text) <= longest else f"{LEFT_OUT}\n{text[-longest:]}"


def cut_captured(config: Any) -> None:  # noqa: ANN401 - pytest's classes are not all public
    """Truncate pytest's captured output before pytest reads it as a whole.

    The output is in temporary files, unless the project has ``--capture=sys``.
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
