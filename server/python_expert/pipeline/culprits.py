"""Search for the proposals that cause findings, by judging fewer proposals.

A finding can be far from every proposal that could have caused it, so its place does not show the
cause. A bisection then finds the longest list of proposals that passes. The next proposal is the
cause. It is weakened or left out, and the search continues with the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.gate.blocking import is_allowable
from python_expert.gate.verdict import Status
from python_expert.pipeline.candidates import judge_written
from python_expert.pipeline.faults import as_faults, require_tools

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from python_expert.actions.attribution import Attribution
    from python_expert.actions.base import Options
    from python_expert.gate.comparison import Found
    from python_expert.gate.judgement import Judge, Judgement
    from python_expert.pipeline.client import Worker
    from python_expert.pipeline.request import Request
    from python_expert.text.document import Document

MOST_TRIALS = 16
"""The most judgements of fewer proposals of one text: enough for two causes among a hundred."""

UNKNOWN = "not judged apart from what causes this"
"""The reason for definitions among which no cause was found in time."""


def stopping(judgement: Judgement, *, allow: bool) -> tuple[Found, ...]:
    """Return the findings that stop an edit, except those that the user allows."""
    return tuple(each for each in judgement.blocking if not (allow and is_allowable(each.finding)))


class Rejected(NamedTuple):
    """Why some proposals do not pass together.

    Attributes:
        after: The text with the proposals.
        blocking: The findings; empty if the proof refuses the text.
        reason: The sentence before the findings.
    """

    after: str
    blocking: tuple[Found, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Trials:
    """Judges some of the proposals for a text.

    Attributes:
        worker: The process that writes texts.
        request: The user's request.
        document: The document.
        options: The context of the rewrite.
        judge: The tools.
        allow: Whether the user allows findings.
    """

    worker: Worker
    request: Request
    document: Document
    options: Options
    judge: Judge
    allow: bool

    async def judged(self, facts: Mapping[str, Any]) -> Rejected | None:
        """Return why proposals do not pass together; None if they do."""
        action = self.request.action
        written = await self.worker.apply(action, self.document.text, facts, self.options)
        if not written.edits and not written.created:
            return None
        if written.verdict.status is Status.REFUSED:
            return Rejected(written.after, reason=written.verdict.reasons[0].message)
        judgement = await judge_written(self.judge, self.worker, action, written)
        require_tools(judgement)
        blocking = stopping(judgement, allow=self.allow)
        return Rejected(written.after, blocking) if blocking else None

    async def weakened(self, key: str, fact: Any, why: Rejected, left: int) -> Attribution:  # noqa: ANN401 - facts are JSON
        """Return the rest of a proposal that is known to cause findings."""
        faults = list(as_faults(why.blocking, self.document.uri, self.request.others()))
        given = self.request.action, why.after, {key: fact}, faults, left
        return await self.worker.reduce(*given)


class Culprits:
    """The search for the causes of findings in one text.

    Args:
        trials: Judges proposals.

    Attributes:
        kept: The proposals that pass together.
        causes: For each proposal that was weakened or left out, the findings that it causes.
        contradicted: The parts that were left out, each as a definition's key and a part of it.
    """

    def __init__(self, trials: Trials) -> None:
        self.kept: dict[str, Any] = {}
        self.causes: dict[str, Rejected] = {}
        self.contradicted: list[tuple[str, str]] = []
        self._trials = trials
        self._left = MOST_TRIALS

    async def search(self, facts: Mapping[str, Any], likely: Collection[str]) -> None:
        """Keep the proposals that pass together.

        Args:
            facts: The proposals.
            likely: The proposals that are removed before others.
        """
        rest = dict(sorted(facts.items(), key=lambda each: each[0] in likely))
        while rest and (why := await self._add(rest)):
            if len(rest) > 1 and self._left <= 0:
                self.causes |= dict.fromkeys(rest, why._replace(reason=UNKNOWN))
                return
            key = next(iter(rest))
            self.causes[key] = why
            await self._weaken(key, rest.pop(key), why)

    async def restore(self, facts: Mapping[str, Any]) -> None:
        """Replace proposals by stronger ones where they pass, too."""
        rest = dict(facts)
        while rest and self._left > 0 and await self._add(rest):
            del rest[next(iter(rest))]

    async def _add(self, rest: dict[str, Any]) -> Rejected | None:
        """Keep the first proposals that pass; return why the next one does not pass."""
        why = await self._judged(rest)
        keys, passing, failing = list(rest), 0, len(rest)
        while why and failing - passing > 1 and self._left > 0:
            middle = (passing + failing) // 2
            found = await self._judged({key: rest[key] for key in keys[:middle]})
            if found:
                failing, why = middle, found
            else:
                passing = middle
        for key in keys[: passing if why else len(keys)]:
            self.kept[key] = rest.pop(key)
        return why

    async def _weaken(self, key: str, fact: Any, why: Rejected) -> None:  # noqa: ANN401 - facts are JSON
        """Keep the passing part of a proposal that causes findings."""
        found: Rejected | None = why
        while found and found.blocking:
            part = await self._trials.weakened(key, fact, found, max(self._left, 1))
            self.contradicted += part.contradicted
            if key not in part.facts or not part.causes or self._left <= 0:
                return
            fact = part.facts[key]
            found = await self._judged({key: fact})
        if not found:
            self.kept[key] = fact

    async def _judged(self, more: Mapping[str, Any]) -> Rejected | None:
        self._left -= 1
        return await self._trials.judged({**self.kept, **more})
