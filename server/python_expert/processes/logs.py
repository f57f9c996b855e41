"""The log: on standard error or in a file, never on standard output."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_root = logging.getLogger("python_expert")
_fixed: set[str] = set()


def set_up(*, level: str | None = None, file: str | None = None) -> None:
    """Start the log as the command line says; what it says, settings do not change.

    Raises:
        OSError: The file cannot be written.
    """
    _fixed.update(name for name, value in (("level", level), ("file", file)) if value)
    _open(level or "warning", file)


def apply(level: str, file: str | None) -> None:
    """Let the log follow the settings, where the command line says nothing."""
    if "level" not in _fixed:
        _root.setLevel(level.upper())
    if "file" not in _fixed and file:
        try:
            _open(level, file)
        except OSError as error:
            _root.warning("the log file cannot be written: %s", error)


def _open(level: str, file: str | None) -> None:
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if file:
        handler = logging.FileHandler(Path(file), encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(logging.Formatter(FORMAT))
    for old in tuple(_root.handlers):
        _root.removeHandler(old)
        old.close()
    _root.addHandler(handler)
    _root.propagate = False
    _root.setLevel(level.upper())
