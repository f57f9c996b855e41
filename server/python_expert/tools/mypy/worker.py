"""The command that starts mypy's worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.processes.command import Command, worker_command
from python_expert.tools.base import environment

if TYPE_CHECKING:
    from pathlib import Path

WORKER = "python_expert.tools.mypy.mypy_worker"
"""The package that runs in the interpreter in which mypy is installed."""


def serving(python: Path, root: Path, *, trusted: bool) -> Command:
    """Return the command that serves a project's unsaved buffers.

    Args:
        python: The interpreter in which mypy is installed.
        root: The project's folder.
        trusted: Whether code of the project may be run.
    """
    argv = worker_command(python, f"{WORKER}.serve")
    return Command(argv, root, environment(root, trusted=trusted))
