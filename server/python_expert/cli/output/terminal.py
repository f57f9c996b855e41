"""Warnings and progress of the commands, on standard error."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from python_expert.cli.output.lines import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TextIO

    from rich.console import Console
    from rich.progress import Progress

    from python_expert.diagnostics.finding import ToolName


def terminal(stream: TextIO) -> Console | None:
    """Return a standard stream as a terminal; None, without importing rich, if it is not one.

    Args:
        stream: Standard output or standard error.
    """
    # The environment variables that make rich treat any stream as a terminal.
    forced = os.environ.keys() & {"FORCE_COLOR", "TTY_COMPATIBLE"}
    if not (forced or stream.isatty()):
        return None
    from rich.console import Console  # noqa: PLC0415 - takes longer than small files

    console = Console(stderr=stream is sys.stderr)
    return console if console.is_terminal else None


def warn(errors: Console | None, message: str) -> None:
    """Show the user a warning; see `tell`."""
    tell(errors, f"python-expert: {message}", style="yellow")


def tell(errors: Console | None, message: str, style: str | None = None) -> None:
    """Show a message; control sequences in it are escaped.

    Args:
        errors: Standard error, if it is a terminal.
        message: The message.
        style: The style on a terminal.
    """
    if errors is None:
        print(printable(message), file=sys.stderr, flush=True)  # noqa: T201 - the message for the user
        return
    errors.print(
        printable(message),
        style=style,
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=True,
    )


@contextmanager
def tool_progress(
    errors: Console | None, tools: Iterable[ToolName], files: int
) -> Iterator[Callable[[ToolName, int], object]]:
    """Show the number of files that each tool has checked.

    Args:
        errors: The terminal; without one, nothing is shown.
        tools: The tools.
        files: The number of files.

    Yields:
        A function to call with a tool and the number of files that it has just checked.
    """
    if errors is None:
        yield lambda _tool, _files: None
        return
    with progress_bar(errors, quiet=False) as bar:
        tasks = {name: bar.add_task(name, total=files) for name in tools}
        yield lambda tool, checked: bar.advance(tasks[tool], checked)


def progress_bar(errors: Console, *, quiet: bool) -> Progress:
    """Return a progress bar that disappears at the end; none without a terminal.

    Args:
        errors: The terminal.
        quiet: Whether to show no bar at all.
    """
    from rich.progress import (  # noqa: PLC0415 - only for a terminal, or slow commands
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
    )

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=errors,
        transient=True,
        disable=quiet or not errors.is_terminal,
    )
