"""Common options and command classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeAlias

import typer
from typer.core import TyperCommand, TyperGroup

from python_expert.processes import logs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]
"""The option ``--quiet`` of commands over many files."""


class PlainCommand(TyperCommand):
    """A command whose help shows no type for options without a value."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - a private type
        """Read the arguments; report a wrong one without the name of Python's exception."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 - a private type of Typer's
        """Return the parameters, with those for help."""
        return _untyped(super().get_params(ctx))


class PlainGroup(TyperGroup):
    """A group of `PlainCommand` commands."""

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 - a private type of Typer's
        """Return the parameters, with those for help."""
        return _untyped(super().get_params(ctx))


def run_alone(command: Callable[..., None], arguments: Sequence[str]) -> NoReturn:
    """Run a command without importing the others; exit with its status.

    Args:
        command: The command.
        arguments: The arguments after its name.
    """
    logs.set_up()
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command(cls=PlainCommand)(command)
    app(arguments, prog_name=f"python-expert {command.__name__}")
    raise AssertionError("typer exits")


def _untyped(parameters: list[Any]) -> list[Any]:
    for each in parameters:
        if getattr(each, "is_flag", False):
            each.metavar = ""
    return parameters
