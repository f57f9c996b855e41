"""The packages that actions use."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Engine(NamedTuple):
    """A package that an action uses if it is installed.

    Attributes:
        name: The package.
        version: Returns its version, or None if it is missing or does not work; may run a program.
        advice: What is missing without it, and what to do, for the user.
    """

    name: str
    version: Callable[[], str | None]
    advice: str = "reinstall python-expert"
