"""Writes and judges proposals, and repeats this without the parts that fail."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from python_expert.actions.base import Skipped
from python_expert.gate.affected_tests import collect
from python_expert.gate.judgement import Judge
from python_expert.gate.verdict import Reason, Status
from python_expert.pipeline.callers import Callers
from python_expert.pipeline.candidates import Candidates, with_unchecked
from python_expert.pipeline.creation import check_created
from python_expert.pipeline.culprits import Culprits, Trials, stopping
from python_expert.pipeline.faults import RefusalError, as_faults, harmless, message, require_tools
from python_expert.pipeline.left_out import LeftOut
from python_expert.pipeline.normalisation import Normaliser

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from python_expert.actions.base import Options
    from python_expert.gate.comparison import Found
    from python_expert.gate.examples import Evidence
    from python_expert.gate.judgement import Judgement
    from python_expert.pipeline.callers import Caller
    from python_expert.pipeline.client import Worker
    from python_expert.pipeline.request import Request
    from python_expert.pipeline.written import Written
    from python_expert.text.document import Document

MOST_ATTEMPTS = 6
"""The most judgements of a candidate, each with fewer facts, before it is refused."""

EXAMPLE_FAILS = "an example (>>>) in the docstring does not print the output below it"
"""The message to a model about its own example that fails."""


class Attempt:
    """Takes facts through the gate, for one version of the text.

    Args:
        worker: The process that writes and judges texts.
        request: The user's request.
        document: The document.
        facts: The proposed facts.
        options: The context of the rewrite.
        allow: Whether the user allows findings.

    Attributes:
        facts: The proposed facts that are left.
        options: The options, with the user's later consent.
        written: The candidate that passed the gate, if any.
        refusal: Why nothing could be written, if that is the case.
        out: What was left out.
        judgement: The last judgement of the tools.
        evidence: The results of the last runs.
        asked: Whether the user was asked about what cannot be proven.
        callers: The changes of other files that use changed definitions.
    """

    def __init__(
        self,
        worker: Worker,
        request: Request,
        document: Document,
        facts: Mapping[str, Any],
        options: Options,
        *,
        allow: bool = False,
    ) -> None:
        self.facts, self._proposed = dict(facts), dict(facts)
        self.out = LeftOut(self._proposed)
        self.options, self.asked = options, False
        self.written: Written | None = None
        self.refusal: RefusalError | None = None
        self.judgement: Judgement | None = None
        self.evidence: tuple[Evidence, ...] = ()
        self.callers: tuple[Caller, ...] = ()
        self._worker, self._request, self._document = worker, request, document
        self._allow, self._turn, self._searched = allow, 0, False
        self._contradicted: list[tuple[str, str]] = []

    async def run(self, *, may_ask: bool) -> None:
        """Write the facts, leaving some out until the gate accepts the result.

        Args:
            may_ask: Whether the user may be asked about what cannot be proven.
        """
        try:
            self.written = await self._run(may_ask=may_ask)
        except RefusalError as refusal:
            self.refusal = refusal
            if not refusal.repairable:
                return
            # A finding that names none of several proposals does not justify requesting all again.
            blamed = {refusal.key} & self.facts.keys() or tuple(self.facts)
            if len(blamed) == 1:
                for key in blamed:
                    self.out.reject(key, str(refusal))

    def is_better_than(self, other: Attempt) -> bool:
        """Return whether this attempt writes more than another, or as much with fewer faults."""
        return self._quality > other._quality

    @property
    def _quality(self) -> tuple[int, int]:
        # The edits do not show the number, because formatting merges them.
        changed = len(self.written.changed) if self.written else 0
        return changed, -sum(map(len, self.out.faults.values()))

    async def _run(self, *, may_ask: bool) -> Written | None:
        request, document = self._request, self._document
        judge = Judge(request.project, document, request.others(), self._report_waiting)
        normaliser = Normaliser(self._worker, request, document)
        callers = Callers(self._worker, request, document)
        left = MOST_ATTEMPTS
        while True:
            self._turn = MOST_ATTEMPTS - left + 1
            self._report_progress("writing what was proposed")
            written = await self._worker.apply(
                request.action, document.text, self.facts, self.options
            )
            risks = [each for each in written.left if each.agree]
            if risks and may_ask and not self.asked:
                self.asked = True
                if await request.consent([each.text for each in risks]):
                    self.options = replace(self.options, confirmed=True)
                    continue
            if not written.edits and not written.created:
                self._leave(written)
                return None
            if written.verdict.status is Status.REFUSED:
                self._drop_refused(written)
                continue
            written = await normaliser.formatted(written, self.options)
            left -= 1
            written, judgement, others = await self._judged(written, judge, normaliser, callers)
            self.judgement = judgement
            require_tools(judgement)
            found = stopping(judgement, allow=self._allow)
            if not found:
                if passed := await self._passed(written, judgement, left):
                    self.callers = await callers.judged(passed, others, allow=self._allow)
                    return passed
                left = max(left, 1)
                continue
            before = dict(self.facts)
            try:
                left = max(left, await self._reduce(written, found, left, judge))
            finally:
                self.out.withhold(before, self.facts, found)

    async def _revise(self) -> bool:
        """Leave out facts that depend on contradicted ones; return whether there are any."""
        if not self._contradicted:
            return False
        revised = await self._request.provider.revise(self.facts, self._contradicted)
        changed = [key for key, facts in self.facts.items() if revised.get(key) != facts]
        self.out.depend(changed, self._contradicted)
        self.facts, self._contradicted = dict(revised), []
        return bool(changed)

    async def _passed(self, written: Written, judgement: Judgement, left: int) -> Written | None:
        """Return the candidate if the tools and its examples pass; None to retry with less."""
        request = self._request
        if await self._revise():
            return None
        documents = (self._document, *request.others())
        texts, tests = (written.code, written.after), request.action.wants_tests
        verdict, self.evidence = await collect(
            request.project, documents, *texts, written.verdict, tests=tests
        )
        written = written._replace(verdict=verdict)
        if verdict.status is Status.REFUSED:
            self._drop_refused(written)
            return None
        if request.proven_only and left and self._set_aside(written):
            return None
        noted = (*judgement.noted, *judgement.blocking)
        self.judgement = judgement._replace(blocking=(), noted=noted)
        self._leave(written)
        if written.created:
            await check_created(request.project, self._document, written, request.others())
        return with_unchecked(written, judgement)

    async def _judged(
        self, written: Written, judge: Judge, normaliser: Normaliser, callers: Callers
    ) -> tuple[Written, Judgement, tuple[Caller, ...]]:
        """Return the tools' judgement of a candidate, and the changes of other files."""
        request = self._request
        others: tuple[Caller, ...] = ()
        if request.callers:
            others = await callers.written(written, self.options)
        later = [each.after for each in others]
        if others:
            beside = callers.beside(others)
            judge = Judge(request.project, self._document, beside, self._report_waiting, later)
        candidates = Candidates(self._worker, request.action, judge, normaliser)
        return *await candidates.judged(written, self.options), others

    def _report_waiting(self, tools: Sequence[str]) -> None:
        self._report_progress(f"checking with {' and '.join(tools)}")

    def _report_progress(self, what: str) -> None:
        again = f", again without what caused findings ({self._turn})" if self._turn > 1 else ""
        self._request.progress(f"{what}{again}", len(self.facts), len(self.facts))

    def _leave(self, written: Written) -> None:
        """Note what could not be written, and what the provider could correct."""
        for each in written.left:
            self.out.note(each)
            if each.key in self.facts and not each.agree and not each.extra:
                self.out.reject(each.key, each.reason)

    def _drop(self, key: str, reason: Reason) -> None:
        if self.facts.pop(key, None) is not None:
            text = f"the gate refuses it: {reason.message}"
            self.out.note(Skipped(key, text))
            # The program's output may contain secrets.
            self.out.reject(key, EXAMPLE_FAILS if reason.examples else text)

    def _drop_refused(self, written: Written) -> None:
        """Leave out what the gate refuses, or everything if the gate names no definition."""
        reasons = written.verdict.reasons
        blamed = {each.key for each in reasons} & self.facts.keys()
        if written.whole or not blamed:
            why = f"the gate refuses it: {reasons[0].message}"
            raise RefusalError(why, reasons[0].key, repairable=not reasons[0].examples)
        for each in reasons:
            self._drop(each.key, each)

    def _set_aside(self, written: Written) -> bool:
        """Leave out what is unproven, if the rest can be written without it."""
        reasons = written.verdict.reasons
        keys = {each.key for each in reasons}
        if self.options.confirmed or written.whole or not reasons or not keys < self.facts.keys():
            return False
        for each in reasons:
            text = f"to be confirmed: {each.message}"
            self.out.note(Skipped(each.key, text, agree=True))
            self.facts.pop(each.key, None)
        return True

    async def _reduce(
        self, written: Written, blocking: Sequence[Found], left: int, judge: Judge
    ) -> int:
        """Leave out facts that cause findings; return the least number of further judgements."""
        faults = list(as_faults(blocking, self._document.uri, self._request.others()))
        fewer, causes, contradicted = await self._worker.reduce(
            self._request.action, written.after, self.facts, faults, left or 1
        )
        said = list(map(self._message, blocking))
        messages = [harmless(each) for each in faults]
        if not causes or not left:
            if len(self._proposed) > 1 and not written.whole and not self._searched:
                await self._search(judge, causes)
                return 1
            # If the cause is unknown, the model is not asked for all proposals again.
            for key in self.facts if written.whole else causes:
                for text in messages:
                    self.out.reject(key, text)
            raise RefusalError(said[0])
        for key, found in causes.items():
            self.out.cut(key, said[found[0]], whole=key not in fewer)
            for at in found:
                self.out.reject(key, messages[at])
        self.facts = dict(fewer)
        self._contradicted += contradicted
        return 0

    async def _search(self, judge: Judge, likely: Collection[str]) -> None:
        """Leave out only the facts that cause findings, by judging fewer facts.

        Args:
            judge: The tools.
            likely: The definitions whose facts are left out before others.
        """
        self._searched = True
        given = self._worker, self._request, self._document, self.options, judge
        culprits = Culprits(Trials(*given, self._allow))
        await culprits.search(self.facts, likely)
        cut = {key: self._proposed[key] for key in self.out.cuts - culprits.causes.keys()}
        await culprits.restore(dict(sorted(cut.items())))
        self.facts, self._contradicted = culprits.kept, self._contradicted + culprits.contradicted
        for key, facts in cut.items():
            if self.facts.get(key) == facts:
                self.out.restore(key)
                self._contradicted = [each for each in self._contradicted if each[0] != key]
        for key, why in culprits.causes.items():
            said = filter(None, [why.reason, *map(self._message, why.blocking[:1])])
            self.out.cut(key, ": ".join(said), whole=key not in self.facts)
            for each in as_faults(why.blocking, self._document.uri, self._request.others()):
                self.out.reject(key, harmless(each))

    def _message(self, found: Found) -> str:
        return message(found, self._document.uri, self._request.advice)
