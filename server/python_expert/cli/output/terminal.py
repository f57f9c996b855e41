"""What commands show beside their output: warnings and progress, on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from python_expert.cli.output.lines import printable

if TYPE_CHECKING:
    from rich.console import Console


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


def progress_bar(errors: Console, *, disable: bool = False) -> Progress:
    """A progress bar that goes when it is done, and is not there without a terminal."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=errors,
        transient=True,
        disable=disable or not errors.is_terminal,
    )
