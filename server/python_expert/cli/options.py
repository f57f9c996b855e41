"""What the options of several commands have in common."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import typer
from typer.core import TyperCommand, TyperGroup

Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]
"""The option of commands over many files."""


class PlainCommand(TyperCommand):
    """A command whose help shows no type for options without a value."""

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 - a private type of Typer's
        """The parameters, with those for help."""
        return _untyped(super().get_params(ctx))


class PlainGroup(TyperGroup):
    """A group of such commands."""

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 - a private type of Typer's
        """The parameters, with those for help."""
        return _untyped(super().get_params(ctx))


def _untyped(parameters: list[Any]) -> list[Any]:
    for each in parameters:
        if getattr(each, "is_flag", False):
            each.metavar = ""
    return parameters
