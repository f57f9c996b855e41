"""One request to rewrite a document, with callbacks for progress and results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from python_expert.actions.base import Action, Facts
    from python_expert.llm.provider import Provider
    from python_expert.pipeline.result import Outcome
    from python_expert.project.project import Project
    from python_expert.text.document import Document, Range


async def _refrain(_risks: Sequence[str]) -> bool:
    """Decline, because there is no user to ask."""
    return False


async def _keep(_outcome: Outcome) -> bool:
    """Leave the edits to the caller."""
    return True


@dataclass(frozen=True)
class Request:
    """A request for a rewrite.

    Attributes:
        action: The rewrite.
        project: The document's project.
        document: Returns the current document, or None once it is closed.
        where: The cursor or the selection; None for the whole document.
        key: The key of one definition, instead of a place.
        provider: The source of proposals.
        others: The project's open documents.
        complete: Whether existing docstrings get the sections they lack.
        callers: Whether callers in other files of the project are changed as well.
        with_callers: The title of the choice that also changes callers, or empty.
        confirmed: Whether the user has agreed to what cannot be proven.
        allow_findings: Whether findings do not stop the edit; see `gate.blocking.is_allowable`.
            This is not a setting: the user decides each time.
        proven_only: Whether definitions that cannot be proven are left out, because the user
            cannot be asked.
        proposed: Earlier proposals to write; no provider is used.
        progress: Called with a sentence, the number of definitions done, and their total.
        consent: Awaited with an outcome that needs the user's consent; returns whether it is given.
        deliver: Awaited with edits that passed the gate, for the current text; returns False if the
            text has changed so that the edits must be computed again.
    """

    action: Action
    project: Project
    document: Callable[[], Document | None]
    where: Range | None
    provider: Provider
    others: Callable[[], Sequence[Document]] = tuple
    key: str = ""
    complete: bool = False
    callers: bool = False
    with_callers: str = ""
    confirmed: bool = False
    allow_findings: bool = False
    proven_only: bool = False
    proposed: Facts | None = None
    progress: Callable[[str, int, int], None] = lambda _message, _done, _all: None
    consent: Callable[[Sequence[str]], Awaitable[bool]] = _refrain
    deliver: Callable[[Outcome], Awaitable[bool]] = _keep

    @property
    def advice(self) -> str:
        """How to change callers in other files too; empty if not applicable."""
        if self.callers or self.action.callers is None or not self.with_callers:
            return ""
        return f"{self.with_callers} converts these callers, too, where it can"
