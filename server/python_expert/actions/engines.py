"""Packages that actions work with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Engine(NamedTuple):
    """A package that an action works with, if it is installed.

    Attributes:
        name: The package.
        version: Its version, or None where it is missing or does not run; may run a program.
        advice: What its absence means, and what to do, for the user.
    """

    name: str
    version: Callable[[], str | None]
    advice: str = "reinstall python-expert"
