"""One rewrite, from the request to edits that passed the gate.

Facts are proposed for the text at the time of the request. They are written into the current text
and judged.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from python_expert.actions.base import Options, Skipped, Unanswered
from python_expert.analysis.error_recovery import UnreadableError
from python_expert.config.settings import ProviderName
from python_expert.gate.verdict import distinct
from python_expert.llm.provider import Ask, ProviderError
from python_expert.pipeline.broken_uses import broken
from python_expert.pipeline.call_arguments import with_arguments
from python_expert.pipeline.callers import are_current, notices, reasons
from python_expert.pipeline.context import options_for
from python_expert.pipeline.faults import RefusalError
from python_expert.pipeline.known_types import with_types
from python_expert.pipeline.refine import Attempt
from python_expert.pipeline.result import Outcome, Result
from python_expert.pipeline.targets import find_targets, still_targets
from python_expert.processes.command import ToolError
from python_expert.text.paths import SURROGATE, name_of, scheme

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from python_expert.pipeline.callers import Caller
    from python_expert.pipeline.client import Worker
    from python_expert.pipeline.request import Request
    from python_expert.pipeline.written import Written
    from python_expert.text.document import Document
    from python_expert.tools.newer_syntax import Unreadable

MOST_RESTARTS = 5
"""The most restarts of a rewrite because the user has changed its definitions."""


class Rewriter:
    """Runs rewrites, each from the request to the edits.

    Args:
        worker: The process that rewrites and judges texts.
    """

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    async def rewrite(self, request: Request) -> Outcome:
        """Run a rewrite. All errors are reported in the outcome."""
        started = time.perf_counter()
        document = request.document()
        uri = document.uri if document else ""
        outcome = Outcome(request.action, uri, name_of(uri), request.provider.name)
        try:
            await _Run(self._worker, request, outcome).run()
        except RefusalError as refusal:
            outcome.refuse(str(refusal), refusal.key)
        except UnreadableError as error:
            outcome.refuse(str(await self._fault(request) or error))
        except ProviderError as error:
            outcome.failed, outcome.fails_for_all = True, error.final
            outcome.refuse(str(error))
        except ToolError as error:
            outcome.refuse(f"{error}; nothing was changed, try again")
        outcome.bill, outcome.seconds = request.provider.bill, time.perf_counter() - started
        return outcome

    async def _fault(self, request: Request) -> Unreadable | None:
        return await self._worker.fault(now.text) if (now := request.document()) else None

    async def payload(self, request: Request) -> str:
        """Return the text that a rewrite would send to a model; nothing is sent.

        Raises:
            ToolError: The text cannot be computed, or there is nothing to do; the message gives the
                reason.
        """
        document = request.document()
        uri = document.uri if document else ""
        outcome = Outcome(request.action, uri, name_of(uri), request.provider.name)
        try:
            ask = await _Run(self._worker, request, outcome).ask()
            if ask is None:
                raise ToolError(f"nothing would be sent: {outcome.reason}")
            return await request.provider.payload(ask)
        except UnreadableError as error:
            raise ToolError(
                f"nothing would be sent: {await self._fault(request) or error}"
            ) from error
        except RefusalError as error:
            raise ToolError(f"nothing would be sent: {error}") from error


class _Run:
    """One running rewrite."""

    def __init__(self, worker: Worker, request: Request, outcome: Outcome) -> None:
        self._worker = worker
        self._request = request
        self._outcome = outcome
        self._facts: dict[str, Any] = {}
        self._options = Options()
        self._types = partial(with_types, worker, request)
        self._may_ask = True
        self._allow = request.allow_findings and request.proposed is not None
        self._repair_attempts = 0 if self._allow else request.provider.repair_attempts

    async def ask(self) -> Ask | None:
        """Return the question for the provider, or None if nothing can be changed."""
        request = self._request
        asked = self._current()
        if scheme(asked.uri) not in {"file", "untitled"}:
            raise RefusalError("notebook cells cannot be rewritten, only files and unsaved buffers")
        if request.provider.name is ProviderName.OFFLINE and request.action.offline is None:
            raise RefusalError("this needs a model, and no model is used here")
        self._options = await asyncio.to_thread(
            options_for,
            request.project,
            asked,
            complete=request.complete,
            confirmed=request.confirmed,
            callers=request.callers,
        )
        request.progress("looking for what can be changed", 0, 0)
        left: list[Skipped] = []
        self._options = await self._types("calls", asked, options=self._options, left=left)
        given = self._worker, request, self._outcome, asked, self._options
        found = await find_targets(*given)
        self._outcome.left += left  # placed after more specific reasons
        if not found:
            return None
        left, total = self._outcome.left, len(self._outcome.asked)

        async def types(options: Options) -> Options:
            options = await with_arguments(self._worker, request, asked, options)
            return await self._types("functions", asked, options=options, left=left, total=total)

        return Ask(request.action, asked.text, self._outcome.asked, self._options, types=types)

    async def run(self) -> None:
        request, outcome = self._request, self._outcome
        asked = self._current()
        ask = await self.ask()
        if ask is None:
            return
        self._facts = await self._propose(ask)
        if not self._facts:
            if not outcome.failed:
                reason = f"the {outcome.provider} engine has nothing to propose"
                outcome.left.append(Skipped("", reason))
            return
        for _ in range(MOST_RESTARTS):
            outcome.undo()
            document = self._current()
            if document is not asked:
                await self._drop_changed(asked, document)
                self._options = await self._types("calls", document, options=self._options, left=[])
            asked = document
            attempt = await self._write(document)
            written = self._take(attempt)
            if written is None:
                return
            callers = attempt.callers
            found = await broken(self._worker, request, document, written, self._options)
            if not await self._settle(written, document, callers):
                continue
            outcome.result, outcome.changed = Result.CHANGED, written.changed
            outcome.partly = await still_targets(self._worker, request, written, self._options)
            outcome.notices = written.confirm + notices(callers, found, request.advice)
            outcome.unproven = distinct((*written.verdict.reasons, *reasons(callers, found)))
            if await request.deliver(outcome):
                return
        raise RefusalError("the text kept changing while it was being rewritten; try again")

    def _current(self) -> Document:
        document = self._request.document()
        if document is None:
            raise RefusalError("the document is not open")
        if found := SURROGATE.search(document.text):
            line = document.text.count("\n", 0, found.start()) + 1
            raise RefusalError(f"there is an unpaired surrogate in line {line}")
        return document

    async def _settle(self, written: Written, judged: Document, callers: Sequence[Caller]) -> bool:
        """Note the edits for the current text; return False if the text changed at their places."""
        if not await are_current(callers, self._request.others()):
            return False
        self._outcome.callers = tuple(callers)
        self._outcome.document = judged
        self._outcome.edits, self._outcome.places = written.edits, written.places
        self._outcome.whole, self._outcome.created = written.whole, written.created
        return self._outcome.follow(self._current())

    async def _propose(self, ask: Ask) -> dict[str, Any]:
        """Return the provider's proposals; if the provider fails midway, keep earlier proposals."""
        request, outcome = self._request, self._outcome
        if request.proposed is not None:
            return {key: request.proposed[key] for key in ask.keys if key in request.proposed}
        total, answered = len(ask.keys), 0
        again = " once more" if ask.faults else ""
        request.progress(f"reading the code{again}", 0, total)
        facts: dict[str, Any] = {}
        try:
            async for key, proposed in request.provider.propose(ask):
                if key not in ask.keys:
                    continue
                answered += 1
                request.progress(f"{answered} of {total} definitions{again}", answered, total)
                if not isinstance(proposed, Unanswered):
                    facts[key] = proposed
                elif not ask.faults:
                    outcome.fail(Skipped(key, proposed.reason))
        except ProviderError as error:
            outcome.fails_for_all = error.final
            if ask.faults:  # keep the earlier proposals
                return facts
            if not facts:
                raise
            outcome.fail(Skipped("", str(error)))
        return facts

    async def _drop_changed(self, asked: Document, now: Document) -> None:
        """Leave out definitions that the user has changed since the request."""
        if not self._facts:
            return
        same = await self._worker.same(asked.text, now.text, list(self._facts))
        for key in self._facts.keys() - same:
            del self._facts[key]
            self._outcome.leave(Skipped(key, "it was changed while it was being rewritten"))
            self._outcome.result = Result.REFUSED  # unless something else can be changed

    async def _write(self, document: Document) -> Attempt:
        """Write the facts; the provider is asked to correct those with faults."""
        best = attempt = await self._try(document, self._facts)
        while attempt.out.faults and self._repair_attempts:
            self._repair_attempts -= 1
            self._outcome.repairs += 1
            try:
                better = await self._repair(document, attempt.out.faults)
                if not better:
                    break
                attempt = await self._try(document, {**best.facts, **better})
            except ToolError:
                if best.written is None:
                    raise
                break
            if attempt.is_better_than(best):
                best = attempt
        if self._request.allow_findings and best.out.withheld and not self._allow:
            self._allow = True
            attempt = await self._try(document, {**best.facts, **best.out.withheld})
            best = attempt if attempt.written else best
        self._facts = self._outcome.facts = best.facts
        return best

    async def _try(self, document: Document, facts: Mapping[str, Any]) -> Attempt:
        given = (self._worker, self._request, document, facts, self._options)
        attempt = Attempt(*given, allow=self._allow)
        await attempt.run(may_ask=self._may_ask)
        self._options = attempt.options
        self._may_ask = self._may_ask and not attempt.asked
        return attempt

    async def _repair(
        self, document: Document, faults: Mapping[str, tuple[str, ...]]
    ) -> dict[str, Any]:
        """Return corrected facts for definitions with faults, if the provider has any."""
        ask = Ask(self._request.action, document.text, tuple(faults), self._options, faults)
        return await self._propose(ask)

    def _take(self, attempt: Attempt) -> Written | None:
        """Record the result of an attempt and return the candidate.

        Raises:
            RefusalError: Nothing could be written.
        """
        outcome = self._outcome
        if judged := attempt.judgement:
            outcome.before, outcome.after = judged.before, judged.after
            outcome.failed_tools, outcome.revealed = judged.failed_tools, judged.revealed
            outcome.noted = tuple(each.finding for each in judged.noted)
        outcome.evidence, outcome.withheld = attempt.evidence, attempt.out.withheld
        for each in attempt.out.left:
            outcome.leave(each)
        if attempt.refusal:
            raise attempt.refusal
        if attempt.written is None and any(not each.extra for each in attempt.out.left):
            outcome.result = Result.REFUSED
        return attempt.written
