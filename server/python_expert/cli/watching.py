"""Repeats an action whenever a Python file changes."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.baseline.file import NAME
from python_expert.cli import output
from python_expert.text.paths import PYTHON_SUFFIXES, source_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PAUSE_S = 0.5
"""The time between two polls of the files, in seconds."""

_CONFIGURATION = (".toml", ".ini", ".cfg", ".yaml", ".yml")

Stamps = dict[Path, tuple[int, int]]


def watch(paths: Sequence[Path], work: Callable[[], object], *, timed: bool) -> None:
    """Run an action now and after each change of a file, until the user interrupts it.

    Args:
        paths: Files and folders. In folders, Python files, configuration files and baselines are
            watched.
        work: The work to run.
        timed: Whether a line with the time comes before the output of each run.
    """
    screen, errors = output.terminal(sys.stdout), output.terminal(sys.stderr)
    try:
        while True:
            known = stamps(paths)
            if screen:
                screen.clear()
            if timed:
                print(time.strftime("[%H:%M:%S] Checking:"), flush=True)  # noqa: T201 - it separates runs
            work()
            output.tell(errors, "Watching for changes; press Ctrl-C to stop.")
            while stamps(paths) == known:
                time.sleep(PAUSE_S)
    except KeyboardInterrupt:
        raise SystemExit(0) from None


def stamps(paths: Sequence[Path]) -> Stamps:
    """Return the modification times and sizes of files."""
    found: Stamps = {}
    for file in (each for path in paths for each in _files(path)):
        with suppress(OSError):  # it may be deleted already
            status = file.stat()
            found[file] = (status.st_mtime_ns, status.st_size)
    return found


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
    for folder, files in source_folders(path):
        for name in files:
            if name.endswith((*PYTHON_SUFFIXES, *_CONFIGURATION, NAME)):
                yield folder / name
