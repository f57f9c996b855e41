"""What an action changes in, and learns from, other files that use what it changes."""

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
    """How a file uses what was changed elsewhere.

    Attributes:
        facts: What is to be written, so that it uses it in the right way.
        total: How many uses there are.
        doubts: Places that may be uses, and that nothing can be written for.
        reexported: What others may import from the file.
    """

    facts: Facts
    total: int
    doubts: tuple[Reason, ...] = ()
    reexported: tuple[Converted, ...] = ()


class CallersElsewhere(ABC):
    """Changes the callers in other files of a project, for one action."""

    @abstractmethod
    def converted(self, before: Source, after: Source, options: Options) -> list[Converted]:
        """What an edit of one file asks of those that use it."""

    @abstractmethod
    def uses(self, source: Source, options: Options) -> UsesElsewhere:
        """How a text uses what other files have converted; see ``Options.converted``."""


class ArgumentsElsewhere(ABC):
    """Reads what calls in other files of a project give to a text's functions, for one action."""

    @abstractmethod
    def sought(self, source: Source, options: Options) -> list[Converted]:
        """The functions and classes of a text of which calls are to be looked for."""

    @abstractmethod
    def given(
        self, source: Source, options: Options
    ) -> tuple[list[CallArguments], list[Converted]]:
        """What the calls of another text give, and what can be imported from it.

        Args:
            source: The other text.
            options: What is sought stands in ``converted``.
        """
