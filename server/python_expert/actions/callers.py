"""Interfaces for actions that change, or learn from, other files that use their targets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from python_expert.actions.base import Facts, Options
    from python_expert.analysis.call_arguments import CallArguments
    from python_expert.analysis.elsewhere import Converted
    from python_expert.analysis.source import Source
    from python_expert.gate.verdict import Reason


class UsesElsewhere(NamedTuple):
    """How a file uses definitions that were changed in other files.

    Attributes:
        facts: The changes that adapt the uses.
        total: The number of uses.
        doubts: Places that may be uses and cannot be changed.
        reexported: The definitions that other files may import from this file.
    """

    facts: Facts
    total: int
    doubts: tuple[Reason, ...] = ()
    reexported: tuple[Converted, ...] = ()


class CallersElsewhere(ABC):
    """Changes callers in other files of a project, for one action."""

    @abstractmethod
    def converted(self, before: Source, after: Source, options: Options) -> list[Converted]:
        """Return the definitions that an edit of one file changes for its users."""

    @abstractmethod
    def uses(self, source: Source, options: Options) -> UsesElsewhere:
        """Return how a text uses other files' converted definitions; see ``Options.converted``."""


class ArgumentsElsewhere(ABC):
    """Reads the arguments that other files pass to a text's functions, for one action."""

    @abstractmethod
    def called_functions(self, source: Source, options: Options) -> list[Converted]:
        """Return the functions and classes of a text whose calls are needed."""

    @abstractmethod
    def given(
        self, source: Source, options: Options
    ) -> tuple[list[CallArguments], list[Converted]]:
        """Return the arguments that another text passes, and its re-exports.

        Args:
            source: The other text.
            options: The context. ``converted`` has the functions and classes.
        """
