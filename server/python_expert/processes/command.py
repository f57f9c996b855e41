"""Commands that run to their end, and errors of tools' processes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess  # nosec B404 - running the tools is what this package is for
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


WITHHELD = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_CUSTOM_HEADERS")
"""Credentials that only the server needs; tools must not have them, as they may import the
project's code."""

INVALID_ANSWER = (AttributeError, LookupError, TypeError, ValueError)
"""The exceptions that reading an invalid answer raises."""


def inherited() -> dict[str, str]:
    """Return the environment variables for child processes: the server's, without credentials."""
    return {name: value for name, value in os.environ.items() if name not in WITHHELD}


class ToolError(Exception):
    """A tool could not do its work; the text describes the problem and a solution.

    Attributes:
        cause: The text without details that vary between occurrences.
        place: The file at fault and the 0-based line in it, if there is one.
    """

    def __init__(
        self, cause: str, details: str = "", place: tuple[Path, int] | None = None
    ) -> None:
        super().__init__(cause + details)
        self.cause = cause
        self.place = place


class ToolCrashError(ToolError):
    """A tool's process died, hung or sent invalid output; the next request restarts it."""


@dataclass(frozen=True)
class Command:
    """The command that starts a process.

    Attributes:
        argv: The program and its arguments.
        cwd: The folder to start it in.
        env: Variables added to those of `inherited`, or with None removed from them.
    """

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, Any]:
        """Further arguments for asyncio: three pipes, and a group that can be killed as a whole."""
        env = {**inherited(), **self.env}
        return {
            "stdin": subprocess.PIPE,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "cwd": self.cwd if os.access(self.cwd, os.X_OK) and self.cwd.is_dir() else None,
            "env": {name: value for name, value in env.items() if value is not None},
            "start_new_session": True,
        }

    def failed(self, error: OSError) -> ToolError:
        """Return the error for a process that could not be started."""
        return ToolError(f"cannot start {self.argv[0]}: {error.strerror or error}")


def worker_command(python: Path, module: str, *args: str) -> tuple[str, ...]:
    """Return the command line that runs one of our modules in a project's interpreter.

    The module may only import its neighbours and `wire` from this package.
    """
    return (str(python), str(Path(__file__).with_name("run_worker.py")), module, *args)


def kill_group(pid: int) -> None:
    """Kill a process and its group; they may have ended already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            os.kill(pid, signal.SIGTERM)
        else:
            os.killpg(pid, signal.SIGKILL)


async def run(
    command: Command, *, stdin: bytes = b"", deadline_s: float
) -> tuple[int, bytes, bytes]:
    """Run a process and wait for its end.

    Args:
        command: The command.
        stdin: The standard input.
        deadline_s: Seconds after which it is killed with its group.

    Returns:
        Its exit status, standard output and standard error.

    Raises:
        ToolError: It could not be started, or did not end in time.
    """
    starting = asyncio.create_task(asyncio.create_subprocess_exec(*command.argv, **command.options))
    try:
        process = await asyncio.shield(starting)
    except OSError as error:
        raise command.failed(error) from error
    except asyncio.CancelledError:  # the start cannot be cancelled, the process can be ended
        with contextlib.suppress(OSError):
            await _end(await starting)
        raise
    try:
        async with asyncio.timeout(deadline_s):
            out, err = await process.communicate(stdin)
    except TimeoutError:
        raise ToolCrashError(f"{command.argv[0]} did not end within {deadline_s:g} s") from None
    finally:
        if process.returncode is None:
            await _end(process)
    return process.returncode or 0, out, err


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill a process, and wait until it has ended and its pipes are closed."""
    kill_group(process.pid)
    await process.communicate()
