"""The circumstances that a proof knows, and the verdict on a candidate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.analysis.elsewhere import Converted, Elsewhere, ProjectFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Circumstances:
    """What a proof depends on, other than the text.

    Attributes:
        path: The file the text is of, or empty if it was never saved.
        root: The project's folder, or empty.
        python: The oldest Python the text must run on.
        python_source: What says so, for the user, or empty.
        packages: Those of the packages that rewrites may use that the project has
            (``httpx``, ``aiofiles``, ``anyio``).
        confirmed: Whether the user has agreed to what cannot be proven.
        types: A type checker's answers about the texts that an action asked about, each
            {text, functions} or {text, calls}; see ``KnowsTypes``. A proof may ask the user more
            by it, or less; what is accepted for it alone is which function of another file a call
            runs.
        converted: What other files define that is converted with this text, or was before.
    """

    path: str = ""
    root: str = ""
    python: tuple[int, int] = (3, 11)
    python_source: str = ""
    packages: tuple[str, ...] = ()
    confirmed: bool = False
    types: tuple[Mapping[str, Any], ...] = ()
    converted: tuple[Converted, ...] = ()

    @property
    def elsewhere(self) -> Elsewhere:
        """What other files have converted, as seen from the file."""
        return Elsewhere(ProjectFile(self.path, self.root), self.converted)

    @property
    def named_python(self) -> str:
        """The oldest Python the text must run on, with what says so."""
        source = f" ({self.python_source})" if self.python_source else ""
        return f"{self.python[0]}.{self.python[1]}{source}"

    @property
    def is_stub(self) -> bool:
        """Whether the text is a stub file."""
        return self.path.endswith(".pyi")


class Status(StrEnum):
    """The gate's answers."""

    ACCEPTED = "accepted"
    CONFIRM = "confirm"
    REFUSED = "refused"


class Meaning(StrEnum):
    """What a proof shows of the meaning of code before and after an edit."""

    PROVEN = "proven"
    """It is the same."""
    UNPROVEN = "unproven"
    """It is the same but for what a person has to judge."""
    CHANGED = "changed"
    """It is not the same, or nothing could be proven."""


class Reason(NamedTuple):
    """Why the gate does not simply accept.

    Attributes:
        message: What is wrong or cannot be proven, for the user.
        line: Where in the text after the rewrite, 0-based.
        key: The definition it concerns, or empty.
        examples: Whether it is about the examples of the docstring on that line, which a run
            can decide; see `gate.examples`.
        listed_at: The 0-based column on that line of a call that blocks as it did before, in a
            function that is async now, or of an import that only examples or lines that do not
            parse use now, so that a tool need not list it again; -1 for all other reasons.
    """

    message: str
    line: int = 0
    key: str = ""
    examples: bool = False
    listed_at: int = -1


def distinct(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Each reason once, at its first line; those that say the same of other lines are counted."""
    found: dict[str, list[Reason]] = {}
    for each in reasons:
        found.setdefault(each.message, []).append(each)
    return tuple(
        first._replace(message=f"{first.message} (and in {len(more)} other places)")
        if len(more) > 1
        else first._replace(message=f"{first.message} (and in another place)")
        if more
        else first
        for first, *more in found.values()
    )


class Verdict(NamedTuple):
    """The gate's answer.

    Attributes:
        status: Accepted, refused, or to be confirmed by the user as it cannot be proven.
        reasons: Why it is not accepted.
    """

    status: Status
    reasons: tuple[Reason, ...] = ()

    @property
    def meaning(self) -> Meaning:
        """What it says of the meaning."""
        return _MEANINGS[self.status]

    @classmethod
    def of(cls, refused: list[Reason], confirm: list[Reason]) -> Verdict:
        """Refused if anything is, else to be confirmed if anything is, else accepted."""
        if refused:
            return cls(Status.REFUSED, tuple(refused))
        return cls(Status.CONFIRM if confirm else Status.ACCEPTED, tuple(confirm))


_MEANINGS = {
    Status.ACCEPTED: Meaning.PROVEN,
    Status.CONFIRM: Meaning.UNPROVEN,
    Status.REFUSED: Meaning.CHANGED,
}
