"""Writes and judges a proposal, and repeats that without the parts that fail."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from python_expert.actions.base import Skipped
from python_expert.gate.affected_tests import collect
from python_expert.gate.blocking import is_allowable
from python_expert.gate.comparison import sentence
from python_expert.gate.judgement import Judge
from python_expert.gate.verdict import Reason, Status
from python_expert.pipeline.callers import Callers
from python_expert.pipeline.candidates import Candidates, with_unchecked
from python_expert.pipeline.creation import check_created
from python_expert.pipeline.faults import PART, RefusalError, as_faults, dependent, harmless
from python_expert.pipeline.normalisation import Normaliser
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
"""How often the tools judge a candidate, each time with fewer facts, before it is refused."""

EXAMPLE_FAILS = "an example (>>>) in the docstring does not print the output below it"
"""What a model is told about its own example that fails."""


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
        options: The options, with what the user has agreed to since.
        written: What passed the gate, if anything did.
        refusal: Why nothing could be written, if so.
        left: What was left out, and why.
        withheld: Proposals that are not written, or not completely, because of findings that the
            user may allow; by key.
        judgement: The last judgement of the tools.
        evidence: What was run last.
        faults: What the provider could correct, by key; it quotes no other files.
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
        self.options, self.asked = options, False
        self.written: Written | None = None
        self.refusal: RefusalError | None = None
        self.left: dict[Skipped, None] = {}
        self.withheld: dict[str, Any] = {}
        self.judgement: Judgement | None = None
        self.evidence: tuple[Evidence, ...] = ()
        self.faults: dict[str, tuple[str, ...]] = {}
        self.callers: tuple[Caller, ...] = ()
        self._worker, self._request, self._document = worker, request, document
        self._allow, self._turn = allow, 0
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
            # A finding that names none of several proposals is no reason to request all again.
            blamed = {refusal.key} & self.facts.keys() or tuple(self.facts)
            if len(blamed) == 1:
                for key in blamed:
                    self._reject(key, str(refusal))

    def is_better_than(self, other: Attempt) -> bool:
        """Whether this trial writes more than another one, or as much with fewer faults."""
        return self._quality > other._quality

    @property
    def _quality(self) -> tuple[int, int]:
        # The edits do not show it, as formatting merges them.
        changed = len(self.written.changed) if self.written else 0
        return changed, -sum(map(len, self.faults.values()))

    async def _run(self, *, may_ask: bool) -> Written | None:
        request, document = self._request, self._document
        judge = Judge(request.project, document, request.others(), self._report_waiting)
        normaliser = Normaliser(self._worker, request, document)
        callers = Callers(self._worker, request, document)
        left = MOST_ATTEMPTS
        while left:
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
            for name, why in judgement.failed_tools.items():
                if name in judgement.before:
                    raise RefusalError(f"{name} cannot check the result: {why}")
            stopping = [each for each in judgement.blocking if not self._is_allowed(each)]
            if not stopping:
                if passed := await self._passed(written, judgement, left):
                    self.callers = await callers.judged(passed, others, allow=self._allow)
                    return passed
                left = max(left, 1)
                continue
            before = dict(self.facts)
            try:
                await self._reduce(written, stopping, left)
            finally:
                self._withhold(before, stopping)
        self._withhold(self.facts, self.judgement.blocking if self.judgement else ())
        raise RefusalError("the proposal could not be changed so that it passes the checks")

    async def _revise(self) -> bool:
        """Leave out facts that depend on contradicted ones; returns whether there are any."""
        if not self._contradicted:
            return False
        revised = await self._request.provider.revise(self.facts, self._contradicted)
        changed = [key for key, facts in self.facts.items() if revised.get(key) != facts]
        why = dependent(self._contradicted)
        self.left |= {Skipped(key, why): None for key in changed}
        self.facts, self._contradicted = dict(revised), []
        return bool(changed)

    async def _passed(self, written: Written, judgement: Judgement, left: int) -> Written | None:
        """The candidate if the tools and its examples pass; None to try again with fewer facts."""
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
        """The tools' judgement of a candidate, and the changes of other files."""
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

    def _is_allowed(self, found: Found) -> bool:
        return self._allow and is_allowable(found.finding)

    def _withhold(self, before: Mapping[str, Any], blocking: Sequence[Found]) -> None:
        """Note the facts withheld because of findings; all of them if no cause was found."""
        if any(is_allowable(each.finding) for each in blocking):
            for key, facts in before.items():
                if self.facts.get(key) != facts or self.facts == before:
                    self.withheld[key] = self._proposed[key]

    def _report_waiting(self, tools: Sequence[str]) -> None:
        self._report_progress(f"checking with {' and '.join(tools)}")

    def _report_progress(self, what: str) -> None:
        again = f", again without what caused findings ({self._turn})" if self._turn > 1 else ""
        self._request.progress(f"{what}{again}", len(self.facts), len(self.facts))

    def _leave(self, written: Written) -> None:
        """Note what could not be written, and what the provider could correct."""
        for each in written.left:
            self.left[each] = None
            if each.key in self.facts and not each.agree and not each.extra:
                self._reject(each.key, each.reason)

    def _reject(self, key: str, reason: str) -> None:
        self.faults[key] = tuple(dict.fromkeys((*self.faults.get(key, ()), reason)))

    def _drop(self, key: str, reason: Reason) -> None:
        if self.facts.pop(key, None) is not None:
            text = f"the gate refuses it: {reason.message}"
            self.left[Skipped(key, text)] = None
            # The program's output may contain secrets.
            self._reject(key, EXAMPLE_FAILS if reason.examples else text)

    def _drop_refused(self, written: Written) -> None:
        """Leave out what the gate refuses; all of it if the gate names no definition."""
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
            self.left[Skipped(each.key, text, agree=True)] = None
            self.facts.pop(each.key, None)
        return True

    async def _reduce(self, written: Written, blocking: Sequence[Found], left: int) -> None:
        """Leave out facts that cause new findings."""
        faults = list(as_faults(blocking, self._document.uri, self._request.others()))
        fewer, causes, contradicted = await self._worker.reduce(
            self._request.action, written.after, self.facts, faults, left or 1
        )
        said = list(map(self._sentence, blocking))
        told = [harmless(each) for each in faults]
        if not causes or not left:
            # If the cause is unknown, the model is not asked for all proposals again.
            for key in self.facts if written.whole else causes:
                for text in told:
                    self._reject(key, text)
            raise RefusalError(said[0])
        for key, found in causes.items():
            part = PART if key in fewer else ""
            self.left[Skipped(key, f"{part}{said[found[0]]}")] = None
            for at in found:
                self._reject(key, told[at])
        self.facts = dict(fewer)
        self._contradicted += contradicted

    def _sentence(self, found: Found) -> str:
        """The message about a finding; for one in another document, with advice."""
        finding = found.finding
        said = finding.tool, finding.code, finding.message
        if found.uri == self._document.uri:
            return sentence(*said)
        path, advice = to_path(found.uri), self._request.advice
        where = f" in {path.name if path else found.uri}:{finding.range.start.line + 1}"
        return f"{sentence(*said, where)}{advice and f'; {advice}'}"
