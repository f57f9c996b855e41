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
        path: The path of the text's file, or empty if the text was never saved.
        root: The project's folder, or empty.
        python: The oldest Python version that the text must run on.
        python_source: The source of this version, for the user, or empty.
        packages: The installed packages among those that rewrites may use (``httpx``, ``aiofiles``,
            ``anyio``).
        confirmed: Whether the user has agreed to what cannot be proven.
        types: A type checker's answers about the texts that an action asked about, each {text,
            functions} or {text, calls}; see ``KnowsTypes``. These answers may add questions to the
            user or remove some. A proof accepts only one fact from them alone: which function of
            another file a call runs.
        converted: Definitions of other files that are converted with this text, or were converted
            before.
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
        """The oldest Python version that the text must run on, with the source of this version."""
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
    """How far a proof shows that an edit keeps the meaning of the code."""

    PROVEN = "proven"
    """The meaning is the same."""
    UNPROVEN = "unproven"
    """The meaning is the same, except for points that a person must judge."""
    CHANGED = "changed"
    """The meaning differs, or nothing could be proven."""


class Reason(NamedTuple):
    """Why the gate does not simply accept.

    Attributes:
        message: What is wrong or cannot be proven, for the user.
        line: The line in the text after the rewrite, 0-based.
        key: The key of the definition concerned, or empty.
        examples: Whether the reason is about the examples of the docstring on that line. A run can
            decide this; see `gate.examples`.
        listed_at: The 0-based column of a call or import on that line that tools need not list
            again; -1 for all other reasons. The call blocks as before, in a function that is async
            now. The import is now used only by examples or by lines that do not parse.
    """

    message: str
    line: int = 0
    key: str = ""
    examples: bool = False
    listed_at: int = -1


def distinct(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Return each reason once, at its first line.

    Further lines with the same reason are counted in the message.
    """
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
        status: Accepted, refused, or to be confirmed by the user because it cannot be proven.
        reasons: Why the edit is not accepted.
    """

    status: Status
    reasons: tuple[Reason, ...] = ()

    @property
    def meaning(self) -> Meaning:
        """How far the verdict shows that the meaning is kept."""
        return _MEANINGS[self.status]

    @classmethod
    def of(cls, refused: list[Reason], confirm: list[Reason]) -> Verdict:
        """Return a verdict: refused or to be confirmed if there are such reasons, else accepted."""
        if refused:
            return cls(Status.REFUSED, tuple(refused))
        return cls(Status.CONFIRM if confirm else Status.ACCEPTED, tuple(confirm))


_MEANINGS = {
    Status.ACCEPTED: Meaning.PROVEN,
    Status.CONFIRM: Meaning.UNPROVEN,
    Status.REFUSED: Meaning.CHANGED,
}
