"""What commands show beside their output: warnings and progress, on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from python_expert.cli.output.lines import printable

if TYPE_CHECKING:
    from rich.console import Console


Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]
"""The option of commands over many files."""


def warn(errors: Console, message: str) -> None:
    """Warn the user of something; see `tell`."""
    tell(errors, f"python-expert: {message}", style="yellow")


def tell(errors: Console, message: str, style: str | None = None) -> None:
    """Tell the user something; other people's words in it cannot steer the terminal."""
    errors.print(
        printable(message),
        style=style,
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=True,
    )


def progress_bar(errors: Console, *, quiet: bool) -> Progress:
    """A progress bar that goes when it is done, and is not there without a terminal.

    Args:
        errors: Where it is shown.
        quiet: Whether it is not there in any case.
    """
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=errors,
        transient=True,
        disable=quiet or not errors.is_terminal,
    )
