"""The result of a rewrite."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from python_expert.actions.base import Skipped
from python_expert.gate.blocking import is_blocking
from python_expert.pipeline.summary import Counts, grouped, revealed, shortened
from python_expert.text.changes import DocumentEdit
from python_expert.text.document import Edit, Position, Range, line_length
from python_expert.text.rebase import rebase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_expert.actions.base import Action, Facts
    from python_expert.diagnostics.finding import Finding, ToolName
    from python_expert.gate.comparison import Found
    from python_expert.gate.examples import Evidence
    from python_expert.gate.verdict import Reason
    from python_expert.llm.usage import Bill
    from python_expert.pipeline.callers import Caller
    from python_expert.text.changes import DocumentChange, NewDocument
    from python_expert.text.document import Document


class Result(StrEnum):
    """How a rewrite ended."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass
class Outcome:
    """The outcome of a rewrite.

    Attributes:
        action: The rewrite.
        uri: The document.
        name: The document's name for the user.
        provider: The source of the proposals.
        asked: The keys of the definitions that could be changed.
        result: How the rewrite ended.
        document: The version of the document that the edits apply to.
        edits: Disjoint edits in the document's coordinates, ascending; they passed the gate.
        created: New documents, which passed the gate as well.
        callers: Other files and their changes, which belong to this edit.
        places: The ranges of the changed definitions.
        whole: Whether the edits apply to exactly this text only.
        changed: The keys of the definitions that the edits change.
        partly: The changed definitions that are not complete.
        declined: Whether the user has rejected the edits.
        facts: The proposals that passed the gate, by key.
        left: What was left out, and why.
        withheld: Proposals that would be written if the user allowed their findings, by key.
        refused: The proposed or requested definitions that could not be changed.
        notices: What the user must know before the edits are applied.
        unproven: What the gate cannot prove; the user must agree to it.
        before: The number of findings of each tool before the edits.
        after: The number of findings of each tool after the edits.
        failed_tools: Why a tool could not check the edits.
        revealed: What tools find in code that they did not check before.
        noted: New findings that do not stop the edits; see `gate.blocking`.
        evidence: The results of runs on the edited text.
        seconds: The duration in seconds.
        failed: Whether the provider could not do all of its work, so that another one may be used
            for the rest.
        fails_for_all: Whether the provider would fail for every other definition as well.
        repairs: The number of corrections that the provider was asked for.
        bill: The tokens and cost; None if the rewrite costs nothing.
    """

    action: Action
    uri: str
    name: str
    provider: str
    asked: tuple[str, ...] = ()
    result: Result = Result.UNCHANGED
    document: Document | None = None
    edits: tuple[Edit, ...] = ()
    created: tuple[NewDocument, ...] = ()
    callers: tuple[Caller, ...] = ()
    places: tuple[Range, ...] = ()
    whole: bool = False
    changed: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()
    declined: bool = False
    facts: Facts = field(default_factory=dict)
    left: list[Skipped] = field(default_factory=list)
    refused: set[Skipped] = field(default_factory=set)
    withheld: Facts = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    unproven: tuple[Reason, ...] = ()
    before: Mapping[ToolName, int] = field(default_factory=dict)
    after: Mapping[ToolName, int] = field(default_factory=dict)
    failed_tools: Mapping[ToolName, str] = field(default_factory=dict)
    revealed: tuple[Found, ...] = ()
    noted: tuple[Finding, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    seconds: float = 0.0
    failed: bool = False
    fails_for_all: bool = False
    repairs: int = 0
    bill: Bill | None = None

    @property
    def lacking(self) -> list[Skipped]:
        """The refused definitions, except those where only a superfluous part was refused."""
        return [each for each in self.left if each in self.refused and not each.extra]

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The keys of the definitions without a proposal."""
        known = {*self.changed, *(each.key for each in self.lacking)}
        if "" in known or (self.action.whole and self.result is Result.REFUSED):
            return ()
        return tuple(key for key in self.asked if key not in known)

    @property
    def allowed(self) -> list[Finding]:
        """The new findings that the user has allowed."""
        return [each for each in self.noted if is_blocking(each)] if self.changed else []

    @property
    def counts(self) -> Counts:
        """The number of definitions by result."""
        changed, lacking = set(self.changed), {each.key for each in self.lacking}
        skipped = set(self.asked) - changed - set(self.unanswered)
        cut = changed & lacking
        is_refused = bool(lacking) or self.result is Result.REFUSED
        return Counts(
            asked=len(changed.union(self.asked)),
            changed=len(changed),
            partly=len(cut.union(self.partly) & changed),
            cut=len(cut),
            skipped=len(skipped),
            unanswered=len(self.unanswered),
            documents=1 if is_refused and not skipped and not cut else 0,
            allowed=len(self.allowed),
        )

    @property
    def reason(self) -> str:
        """Why not everything was changed; one sentence for each cause."""
        return "; ".join(grouped((each.key, each.reason) for each in self.left))

    @property
    def summary(self) -> str:
        """The result in one line, with the most frequent reason; the report has all reasons."""
        unwritten = self.lacking or self.left
        reasons = "; ".join(shortened(grouped((each.key, each.reason) for each in unwritten), 1))
        line = self.action.title
        if self.counts.asked:
            line = self.counts.line(self.action)
            if self.result is Result.CHANGED and self.revealed:
                line += f"; {revealed(self.revealed)}"
        elif self.result is Result.UNCHANGED:
            line += ": nothing to change"
        return f"{line}: {reasons}" if reasons else line

    @property
    def changes(self) -> tuple[DocumentChange, ...]:
        """All changes; new documents come first, as edits may need them."""
        if self.document is None or not self.edits:
            return self.created
        own = DocumentEdit(self.uri, self.document.version, self.edits)
        return (*self.created, own, *(each.edit for each in self.callers))

    def decline(self, reason: str) -> None:
        """Drop the edits because the user has rejected them."""
        self.declined = True
        self.refuse(reason)

    def undo(self) -> None:
        """Drop the edits before others are computed."""
        self.result = Result.UNCHANGED
        self.edits, self.created, self.changed, self.places, self.callers = (), (), (), (), ()

    def refuse(self, reason: str, key: str = "") -> None:
        """Refuse the rewrite for a reason."""
        self.undo()
        self.result = Result.REFUSED
        self.leave(Skipped(key, reason))

    def leave(self, left: Skipped) -> None:
        """Note something that should have been done and was left out."""
        if left not in self.refused:
            self.left.append(left)
            self.refused.add(left)

    def add(self, earlier: Outcome) -> None:
        """Add what an earlier outcome of the same rewrite left out."""
        self.asked = earlier.asked
        self.left += [each for each in earlier.left if each not in self.left]
        self.refused |= earlier.refused
        self.seconds += earlier.seconds

    def fail(self, left: Skipped) -> None:
        """Note something that the provider could not answer."""
        self.failed = True
        self.leave(left)
        if self.result is Result.UNCHANGED:
            self.result = Result.REFUSED

    def is_before(self, latest: Document) -> bool:
        """Return whether the text at the places of the edits is still the old text."""
        old = self.document
        steps = latest.edits_from(old) if old else None
        if old is None or steps is None:
            return False
        for place in self._around(old):
            there = rebase(place, steps)
            if there is None or latest.slice(there) != old.slice(place):
                return False
        return True

    def is_untouched(self, latest: Document) -> bool:
        """Return whether nothing was edited at the places of the edits, not even undone changes."""
        old = self.document
        steps = latest.edits_from(old) if old else None
        if old is None or steps is None:
            return False
        for where in self._around(old):
            there: Range | None = where
            for step in steps:
                inside = there is not None and (
                    there.start < step.range.start and step.range.end < there.end
                )
                there = rebase(there, [step]) if there and not inside else None
            if there is None:
                return False
        return True

    def follow(self, latest: Document) -> bool:
        """Rebase the edits to a later version of the text.

        Returns:
            False if they no longer apply; the outcome is then unchanged.
        """
        old = self.document
        if latest is old:
            return True
        # Converted functions may be called from anywhere, so another text must be judged again.
        if old is None or self.whole or latest.version == old.version:
            return False
        steps = latest.edits_from(old)
        if steps is None or not self.is_before(latest):
            return False
        edits = [(rebase(edit.range, steps), edit.text) for edit in self.edits]
        places = [rebase(place, steps) for place in self.places]
        self.document = latest
        self.edits = tuple(Edit(where, text) for where, text in edits if where)
        self.places = tuple(place for place in places if place)
        return True

    def _around(self, old: Document) -> list[Range]:
        """Return the ranges of changed definitions and edits, with one line more on either side."""
        return [*self.places, *(_lines_around(old, edit) for edit in self.edits)]

    def result_of(self, left: Skipped) -> Result:
        """Return REFUSED if something that was left out was refused, otherwise UNCHANGED."""
        return Result.REFUSED if left in self.refused and not left.extra else Result.UNCHANGED


def _lines_around(document: Document, edit: Edit) -> Range:
    """Return the lines that an edit touches, with one more on either side."""
    first = max(edit.range.start.line - 1, 0)
    last = min(edit.range.end.line + 1, len(document.lines) - 1)
    return Range(Position(first, 0), Position(last, line_length(document.lines[last])))
