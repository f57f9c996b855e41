"""One rewrite from the question to edits that passed the gate.

Facts are proposed for the text as it was when the user asked, which may take long; they are
written into, and judged in, the text as it then is.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from python_expert.edits import carry
from python_expert.gate.judge import Judge
from python_expert.gate.verdict import Reason, Status
from python_expert.outcome import Outcome, Result
from python_expert.paths import scheme, to_path
from python_expert.processes.child import ToolError
from python_expert.providers.base import Ask
from python_expert.rewrites.base import Action, Fault, Left, Options
from python_expert.rewrites.context import options_for
from python_expert.rewrites.worker import UnreadableError
from python_expert.snapshot import Edit, Position, Range, line_length

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from python_expert.gate.findings import Found
    from python_expert.project import Project
    from python_expert.providers.base import Provider
    from python_expert.rewrites.worker import Worker, Written
    from python_expert.snapshot import Snapshot

ROUNDS = 8
"""How often a candidate is written again with less in it before it is refused."""

CHASES = 5
"""How often a rewrite starts over as the user changed what it concerns."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_SCHEMES = ("file", "untitled")


async def _refrain(_risks: Sequence[str]) -> bool:
    """Agree to nothing, as there is nobody to ask."""
    return False


async def _keep(_outcome: Outcome) -> bool:
    """Leave what becomes of the edits to who asked."""
    return True


@dataclass(frozen=True)
class Request:
    """What the user wants.

    Attributes:
        action: The rewrite.
        project: The document's project.
        document: The document as it stands now; None once it is closed.
        where: The cursor or the selection; None for the whole document.
        key: The one definition that is meant, instead of a place.
        provider: Who proposes.
        others: The project's open documents.
        complete: Whether existing docstrings get the sections they lack.
        confirmed: Whether the user has agreed to what cannot be proven.
        progress: Called with a sentence, and how many definitions of how many are done.
        consent: Awaited with what would be written if the user agreed to it; whether he does.
        deliver: Awaited with edits that passed the gate, for the text as it then is; False if it
            has changed in such a way that they have to be made anew.
    """

    action: Action
    project: Project
    document: Callable[[], Snapshot | None]
    where: Range | None
    provider: Provider
    others: Callable[[], Sequence[Snapshot]] = tuple
    key: str = ""
    complete: bool = False
    confirmed: bool = False
    progress: Callable[[str, int, int], None] = lambda _message, _done, _all: None
    consent: Callable[[Sequence[str]], Awaitable[bool]] = _refrain
    deliver: Callable[[Outcome], Awaitable[bool]] = _keep


class Rewriter:
    """Carries out rewrites, each from the question to the edits.

    Args:
        worker: Where texts are rewritten and judged.
    """

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    async def rewrite(self, request: Request) -> Outcome:
        """Carry out a rewrite; whatever goes wrong, the outcome says what and why."""
        started = time.perf_counter()
        document = request.document()
        uri = document.uri if document else ""
        outcome = Outcome(request.action, uri, _name(uri), request.provider.name)
        try:
            await _Run(self._worker, request, outcome).run()
        except _Refusal as refusal:
            outcome.refuse(str(refusal), refusal.key)
        except UnreadableError as error:
            outcome.refuse(f"the code does not parse: {error}")
        except ToolError as error:
            outcome.refuse(f"{error}; nothing was changed, try again")
        outcome.seconds = time.perf_counter() - started
        return outcome


class _Refusal(Exception):  # noqa: N818 - it is an answer, not an error
    def __init__(self, reason: str, key: str = "") -> None:
        super().__init__(reason)
        self.key = key


class _Run:
    """One rewrite under way."""

    def __init__(self, worker: Worker, request: Request, outcome: Outcome) -> None:
        self._worker = worker
        self._request = request
        self._outcome = outcome
        self._facts: dict[str, Any] = {}
        self._options = Options()
        self._asked = False

    async def run(self) -> None:
        request, outcome = self._request, self._outcome
        asked = self._current()
        if scheme(asked.uri) not in _SCHEMES:
            raise _Refusal("only files and unsaved buffers can be rewritten, no notebook cells")
        self._options = await asyncio.to_thread(
            options_for,
            request.project,
            asked,
            complete=request.complete,
            confirmed=request.confirmed,
        )
        if not await self._find_targets(asked):
            return
        await self._propose(asked)
        if not self._facts:
            outcome.left.append(Left("", f"the {outcome.provider} engine has nothing to propose"))
            return
        for _ in range(CHASES):
            outcome.result, outcome.edits, outcome.changed = Result.UNCHANGED, (), ()
            snapshot = self._current()
            await self._drop_changed(asked, snapshot)
            asked = snapshot
            written = await self._write(snapshot)
            if written is None:
                return
            if request.action is Action.CONVERT_TO_ASYNC:
                uses = await self._worker.elsewhere(snapshot.text, written.changed, self._options)
                written = written._replace(confirm=(*written.confirm, *uses))
            if not self._settle(written, snapshot):
                continue
            outcome.result, outcome.changed = Result.CHANGED, written.changed
            outcome.notices = written.confirm
            outcome.unproven = written.verdict.reasons
            self._leave(written.left)
            if await request.deliver(outcome):
                return
        raise _Refusal("the text kept changing while it was being rewritten; try again")

    @property
    def _tools(self) -> str:
        return " and ".join(self._request.project.tools) or "no tools"

    def _current(self) -> Snapshot:
        snapshot = self._request.document()
        if snapshot is None:
            raise _Refusal("the document is not open")
        if _SURROGATE.search(snapshot.text):
            raise _Refusal("the text has a character that is no character (half of a pair)")
        return snapshot

    def _settle(self, written: Written, judged: Snapshot) -> bool:
        """Note the edits for the text as it now is; False if what they change has changed."""
        self._outcome.snapshot = judged
        self._outcome.edits, self._outcome.places = written.edits, written.places
        self._outcome.whole = written.whole
        return follow(self._outcome, self._current())

    async def _find_targets(self, asked: Snapshot) -> bool:
        request, outcome = self._request, self._outcome
        targets, left = await self._worker.targets(
            request.action, asked.text, request.where, self._options
        )
        if request.key:
            targets = [each for each in targets if each.key.partition("#")[0] == request.key]
            left = [each for each in left if each.key.partition("#")[0] in (request.key, "")]
        outcome.asked = tuple(each.key for each in targets)
        outcome.left += left
        if targets:
            return True
        if not left and request.key:
            raise _Refusal(f"there is no {request.key} in this document that this would change")
        if not left:
            where = "in this document" if request.where is None else "at this place"
            outcome.left.append(Left("", f"there is no function or class {where} to change"))
        return False

    async def _propose(self, asked: Snapshot) -> None:
        request, outcome = self._request, self._outcome
        total = len(outcome.asked)
        request.progress("reading the code", 0, total)
        ask = Ask(request.action, asked.text, outcome.asked, self._options)
        async for key, facts in request.provider.propose(ask):
            if key in outcome.asked:
                self._facts[key] = facts
                done = len(self._facts)
                request.progress(f"{done} of {total} definitions", done, total)

    async def _drop_changed(self, asked: Snapshot, now: Snapshot) -> None:
        """Leave out what the user has changed since he asked."""
        if now is asked or not self._facts:
            return
        same = await self._worker.same(asked.text, now.text, list(self._facts))
        for key in self._facts.keys() - same:
            self._drop(key, "it was changed while it was being rewritten")

    def _drop(self, key: str, reason: str) -> None:
        if self._facts.pop(key, None) is not None:
            self._outcome.leave(Left(key, reason))
            self._outcome.result = Result.REFUSED  # unless something else can be changed

    def _leave(self, left: Sequence[Left]) -> None:
        for each in left:
            self._outcome.leave(each)

    async def _write(self, snapshot: Snapshot) -> Written | None:
        """Write the facts, and again with less of them, until the gate lets the result pass."""
        request, outcome = self._request, self._outcome
        others = request.others()
        judge = Judge(request.project, snapshot, others, request.action, self._worker)
        total = len(outcome.asked)
        for turn in range(1, ROUNDS + 1):
            written = await self._worker.apply(
                request.action, snapshot.text, self._facts, self._options
            )
            risks = [each for each in written.left if each.agree]
            if risks and not self._asked:
                self._asked = True
                if await request.consent([each.text for each in risks]):
                    self._options = replace(self._options, confirmed=True)
                    continue
            if not written.edits:
                self._leave(written.left)
                if written.left:
                    outcome.result = Result.REFUSED
                return None
            if written.verdict.status is Status.REFUSED:
                self._drop_refused(written)
                continue
            written = await self._formatted(written, snapshot)
            again = f", once more without what was found wrong ({turn})" if turn > 1 else ""
            request.progress(f"checking with {self._tools}{again}", total, total)
            judgement = await judge.judge(written)
            outcome.before, outcome.after = judgement.before, judgement.after
            outcome.silent = judgement.silent
            for name, why in judgement.silent.items():
                if name in judgement.before:
                    raise _Refusal(f"{name} cannot check the result: {why}")
            if not judgement.news:
                unchecked = tuple(
                    Reason(f"{name} could not check it: {why}")
                    for name, why in judgement.silent.items()
                )
                reasons = (*written.verdict.reasons, *unchecked)
                return written._replace(verdict=written.verdict._replace(reasons=reasons))
            await self._reduce(written, judgement.news, snapshot)
        raise _Refusal("what was proposed could not be brought into a form that passes the checks")

    def _drop_refused(self, written: Written) -> None:
        """Leave out what the gate refuses; where it cannot say which it is, all of it."""
        reasons = written.verdict.reasons
        blamed = {each.key for each in reasons} & self._facts.keys()
        if written.whole or not blamed:
            raise _Refusal(f"the gate refuses it: {reasons[0].message}", reasons[0].key)
        for each in reasons:
            self._drop(each.key, f"the gate refuses it: {each.message}")

    async def _formatted(self, written: Written, snapshot: Snapshot) -> Written:
        """The same as the project's formatter would have it, if it was so before."""
        ruff = self._request.project.ruff
        if ruff is None or written.code != snapshot.text:
            return written
        try:
            if await ruff.formatted(snapshot, snapshot.text) != snapshot.text:
                return written
            text = await ruff.formatted(snapshot, written.after)
        except ToolError:
            return written
        if text == written.after:
            return written
        again = await self._worker.prove(self._request.action, snapshot.text, text, self._options)
        if again.verdict.status is Status.REFUSED:
            return written
        return written._replace(
            edits=again.edits, after=again.after, verdict=again.verdict, steps=again.steps
        )

    async def _reduce(self, written: Written, news: Sequence[Found], snapshot: Snapshot) -> None:
        """Leave out what brings new findings."""
        faults = [
            Fault(
                found.finding.tool,
                found.finding.code,
                found.finding.message,
                found.finding.range if found.uri == snapshot.uri else None,
            )
            for found in news
        ]
        first = f"{faults[0].tool} would find: {faults[0].message} [{faults[0].code}]"
        fewer = await self._worker.reduce(self._request.action, written.after, self._facts, faults)
        if fewer == self._facts:
            raise _Refusal(first)
        for key, facts in tuple(self._facts.items()):
            if key not in fewer:
                self._drop(key, first)
            elif fewer[key] != facts:
                self._outcome.leave(Left(key, f"a part of what was proposed: {first}"))
        self._facts = fewer


def _name(uri: str) -> str:
    path = to_path(uri)
    return path.name if path else uri


def follow(outcome: Outcome, latest: Snapshot) -> bool:
    """Bring an outcome's edits to a later version of the text.

    Returns:
        False where a definition that they change, a line that they touch, or a line beside one
        is not what it was; the outcome is then as it was.
    """
    old = outcome.snapshot
    if latest is old:
        return True
    # What is converted to async is called from anywhere: any other text is to be judged anew.
    if old is None or outcome.whole or latest.version == old.version:
        return False
    steps = latest.edits_since(old.version)
    if steps is None:
        return False
    for place in (*outcome.places, *(_lines_around(old, edit) for edit in outcome.edits)):
        there = carry(place, steps)
        if there is None or latest.slice(there) != old.slice(place):
            return False
    edits = [(carry(edit.range, steps), edit.text) for edit in outcome.edits]
    places = [carry(place, steps) for place in outcome.places]
    outcome.snapshot = latest
    outcome.edits = tuple(Edit(where, text) for where, text in edits if where)
    outcome.places = tuple(place for place in places if place)
    return True


def _lines_around(snapshot: Snapshot, edit: Edit) -> Range:
    """The lines that an edit touches, with one more on either side."""
    first = max(edit.range.start.line - 1, 0)
    last = min(edit.range.end.line + 1, len(snapshot.lines) - 1)
    return Range(Position(first, 0), Position(last, line_length(snapshot.lines[last])))
