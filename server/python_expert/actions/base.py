"""What a rewrite is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

from python_expert.config.settings import Style
from python_expert.gate.verdict import Circumstances

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from python_expert.analysis.source import Source
    from python_expert.text.document import Edit, Range

Facts: TypeAlias = Mapping[str, Any]
"""What is proposed: for each definition's key, plain JSON of the rewrite's schema."""


class Action(StrEnum):
    """The rewrites, as commands spell them."""

    ADD_DOCSTRINGS = "add-docstrings"
    ADD_TYPE_HINTS = "add-type-hints"
    CONVERT_TO_ASYNC = "convert-to-async"

    @property
    def title(self) -> str:  # type: ignore[override]
        """What menus and reports call it."""
        return self.value.replace("-", " ").capitalize()


RULES: Mapping[Action, tuple[str, ...]] = {Action.CONVERT_TO_ASYNC: ("ASYNC",)}
"""Rules of ruff's that an action's code must keep, whatever the project selects."""


@dataclass(frozen=True)
class Options(Circumstances):
    """What is known and wished beside the text. Plain data, as it travels to the worker.

    Attributes:
        interpreter: The interpreter whose packages the project uses, or empty.
        style: How docstrings are written.
        complete: Whether docstrings that exist get the sections they lack.
        ignore: Patterns, as in a .gitignore, of files of which nothing may leave the machine.
        redact: Whether secrets are replaced in what leaves the machine.
    """

    interpreter: str = ""
    style: Style = Style.AUTO
    complete: bool = False
    ignore: tuple[str, ...] = ()
    redact: bool = True


class Target(NamedTuple):
    """A definition that a rewrite could change.

    Attributes:
        key: The definition's key.
        range: All of it; 0-based, in code points.
    """

    key: str
    range: Range


class Skipped(NamedTuple):
    """Something that was left out.

    Attributes:
        key: The definition's key, or empty for the text as a whole.
        reason: Why, for people.
        agree: Whether it would be written if the user agreed to it.
        extra: Whether it was too much, so that nothing lacks for it.
    """

    key: str
    reason: str
    agree: bool = False
    extra: bool = False

    @property
    def text(self) -> str:
        """What it says, with the definition's name."""
        return f"{self.key}: {self.reason}" if self.key else self.reason


class Unanswered(NamedTuple):
    """Stands in place of facts where there are none.

    Attributes:
        reason: Why, for people.
    """

    reason: str


class Candidate(NamedTuple):
    """A rewrite's outcome, before the gate has seen it.

    Attributes:
        edits: Disjoint edits in the coordinates of the source, ascending.
        changed: The keys of the definitions changed.
        left: What was left out, and why.
        confirm: What the user is to agree to before the edit is made, as sentences.
    """

    edits: tuple[Edit, ...]
    changed: tuple[str, ...] = ()
    left: tuple[Skipped, ...] = ()
    confirm: tuple[str, ...] = ()


class Fault(NamedTuple):
    """A finding that a candidate would add, as far as a rewrite needs to know it.

    Attributes:
        tool: ``ruff``, ``mypy`` or ``bandit``.
        code: The rule.
        message: What is wrong.
        range: Where in the text after the rewrite, or None if it is in another document.
    """

    tool: str
    code: str
    message: str
    range: Range | None


class Rewrite(ABC):
    """One of the expert rewrites: pure functions of a text.

    Attributes:
        action: Which one it is.
        schema: What may be proposed for one definition.
        whole: True where all that was proposed stands or falls together.
    """

    action: ClassVar[Action]
    schema: ClassVar[type[BaseModel]]
    whole: ClassVar[bool] = False

    @abstractmethod
    def targets(
        self, source: Source, where: Range | None, options: Options
    ) -> tuple[list[Target], list[Skipped]]:
        """What could be changed at a place, and what could not, with the reason.

        Args:
            source: The text.
            where: The cursor, the selection, or None for all of it.
            options: What is known and wished.
        """

    @abstractmethod
    def apply(self, source: Source, facts: Facts, options: Options) -> Candidate:
        """Write what was proposed.

        Args:
            source: The text.
            facts: What was proposed; it may be wrong in every way (other functions, nonsense,
                types that do not parse), and what is wrong is left out with a reason.
            options: What is known and wished.
        """

    @abstractmethod
    def reduce(self, after: Source, facts: Facts, faults: Sequence[Fault]) -> Facts:
        """Take out of the facts what is to blame for new findings.

        Args:
            after: The text after the rewrite.
            facts: What was written.
            faults: The findings that were not there before.

        Returns:
            Fewer facts; the same ones if nothing can be blamed.
        """
