"""How an action goes on in other files that use what it has changed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from python_expert.actions.base import Facts, Options
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
