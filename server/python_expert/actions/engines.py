"""The packages that actions use."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Engine(NamedTuple):
    """A package that an action uses if it is installed.

    Attributes:
        name: The package's name.
        version: Returns the version, or None if the package is missing or does not work. May run a
            program.
        advice: The missing features without the package, and how to install it, for the user.
    """

    name: str
    version: Callable[[], str | None]
    advice: str = "reinstall python-expert"
