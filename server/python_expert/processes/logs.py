"""The log: on standard error or in a file, never on standard output.

The reader of standard error may be slow, or may have stopped reading, so a thread writes to it and
nothing else waits.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

MOST_WAITING = 10_000
"""The number of records that wait to be written to standard error; further ones are dropped."""

FLUSH_S = 1.0
"""The time in seconds that the process waits at its end until all records are written."""

_root = logging.getLogger("python_expert")
_asyncio = logging.getLogger("asyncio")
_fixed: set[str] = set()


def set_up(*, level: str | None = None, file: str | None = None) -> None:
    """Start the log with the command line's options, which override the settings.

    Raises:
        OSError: The file cannot be written.
    """
    _fixed.update(name for name, value in (("level", level), ("file", file)) if value)
    _open(level or "warning", file)


def apply(level: str, file: str | None) -> None:
    """Apply the settings to the log, except for options from the command line."""
    if "level" not in _fixed:
        _root.setLevel(level.upper())
    if "file" not in _fixed and file:
        try:
            _open(level, file)
        except OSError as error:
            _root.warning("the log file cannot be written: %s", error)


class _StandardError(logging.Handler):
    """Writes to standard error in a thread."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: queue.SimpleQueue[str | threading.Event] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler`."""
        if not self._thread.ident:
            self._thread.start()
        if self._waiting.qsize() < MOST_WAITING:
            self._waiting.put(f"{self.format(record)}\n")

    def flush(self) -> None:
        """Wait up to ``FLUSH_S`` until all records are written."""
        if self._thread.is_alive():
            written = threading.Event()
            self._waiting.put(written)
            written.wait(FLUSH_S)

    def _run(self) -> None:
        while True:
            match self._waiting.get():
                case str(text):
                    # Not via sys.stderr, whose lock would block the end of the process.
                    with contextlib.suppress(OSError):  # there is no other place to report it
                        _write(text.encode("utf-8", "backslashreplace"))
                case written:
                    written.set()


def _write(data: bytes) -> None:
    while data:
        data = data[os.write(2, data) :]


def _open(level: str, file: str | None) -> None:
    handler: logging.Handler = _StandardError()
    if file:
        handler = logging.FileHandler(Path(file), encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(logging.Formatter(FORMAT))
    for logger in (_root, _asyncio):
        for old in tuple(logger.handlers):
            logger.removeHandler(old)
            old.close()
        logger.addHandler(handler)
        logger.propagate = False
    _root.setLevel(level.upper())
    _asyncio.setLevel(logging.WARNING)
