"""Judges edits file by file, independent of their author."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.error_recovery import UnreadableError
from python_expert.cli.compared_files import (
    OpenFile,
    document_of,
    documents_of,
    pairs_of,
    read,
    work_of,
)
from python_expert.cli.gate_parts import judge_in_parts
from python_expert.cli.judged import Judged, located, reason_of, refused, unreadable
from python_expert.cli.rewrite_files import FILES_EACH, TEAM_MIB
from python_expert.gate.affected_tests import collect
from python_expert.gate.judgement import Baseline, Judge
from python_expert.gate.verdict import Meaning, Reason, Status, Verdict
from python_expert.pipeline.client import Worker
from python_expert.pipeline.context import options_for
from python_expert.pipeline.known_types import TypesRequest, with_types
from python_expert.processes import pool
from python_expert.project.files import FileChecker, root_of
from python_expert.text.decoding import decode, encoding_of
from python_expert.text.document import Document
from python_expert.text.paths import PYTHON_SUFFIXES, to_uri
from python_expert.tools import registry

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence

    from python_expert.actions.base import Action
    from python_expert.analysis.elsewhere import Converted
    from python_expert.cli.compared_files import Pair
    from python_expert.project.project import Project


class _Team:
    """The tools and the process that judge files one after the other.

    Args:
        warn: Called with warnings for the user.
    """

    def __init__(self, warn: Callable[[str], None]) -> None:
        self.checker = FileChecker(registry.TOOLS, (), warn)
        self.worker = Worker()

    async def stop(self) -> None:
        """Stop the processes."""
        await asyncio.gather(self.worker.stop(), self.checker.stop())


class Joint(NamedTuple):
    """Edits of several files that belong together.

    Attributes:
        later: The files after their edits.
        converted: The converted definitions, whose uses in other files must change.
    """

    later: tuple[Document, ...] = ()
    converted: tuple[Converted, ...] = ()


class FileGate:
    """One judgement of two files, or of two folders paired by relative path.

    Files are judged one after the other; if many were changed, by several processes. The answers do
    not depend on the number of processes.

    Args:
        action: The kind of edit.
        warn: Called with warnings for the user.
        progress: Called with the number of files done and their total.

    Attributes:
        action: The kind of the next edit.
    """

    def __init__(
        self,
        action: Action,
        warn: Callable[[str], None],
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> None:
        self.action = action
        self._progress = progress
        self._teams = [_Team(warn)]

    async def judge(self, before: Path, after: Path) -> AsyncIterator[Judged]:
        """Judge each file that differs, or the two given files.

        Yields:
            The answers, in the order of the files' names.

        Raises:
            ToolError: The files or folders cannot be compared.
        """
        pairs = await asyncio.to_thread(pairs_of, before, after)
        work = [await asyncio.to_thread(work_of, pair) for pair in pairs]
        size = pool.size(sum(map(bool, work)), least=FILES_EACH, mib=TEAM_MIB)
        # All teams have the same warnings, so only one of them reports them.
        self._teams += [_Team(lambda _message: None) for _ in range(size - len(self._teams))]
        teams = self._teams[:size]
        if self.action.independent or self.action.callers is not None:
            answers = await self._apart(pairs, teams)
        else:
            texts = await asyncio.to_thread(documents_of, pairs)
            judges = [partial(self._beside, team) for team in teams]
            answers = judge_in_parts(pairs, work, texts, judges, least=FILES_EACH)
        self._progress(0, len(pairs))
        async with aclosing(answers):
            done = 0
            async for judged in answers:
                done += 1
                self._progress(done, len(pairs))
                yield judged

    async def stop(self) -> None:
        """Stop the processes."""
        await asyncio.gather(*(team.stop() for team in self._teams))

    async def _apart(
        self, pairs: Sequence[Pair], teams: Sequence[_Team]
    ) -> AsyncGenerator[Judged, None]:
        """Judge pairs whose answers do not depend on each other."""
        shares = []
        joint: Joint | None = None
        for number, team in enumerate(teams):
            seen = pairs[number :: len(teams)] if self.action.independent else pairs
            open_ = await asyncio.to_thread(documents_of, seen)
            joint = joint or await self._joint(team, pairs, open_)
            shares.append(partial(self._judge, team, open_, joint))
        return pool.spread(pairs, shares)

    async def _beside(self, team: _Team, open_: dict[Path, OpenFile], pair: Pair) -> Judged:
        return await self._judge(team, open_, Joint(), pair)

    async def _joint(
        self, team: _Team, pairs: Sequence[Pair], open_: Mapping[Path, OpenFile]
    ) -> Joint:
        """Return what the edits require of other files, for an action that changes callers."""
        if self.action.callers is None or len(pairs) == 1:
            return Joint()
        later: list[Document] = []
        converted: list[Converted] = []
        for _, old, new in pairs:
            before, after = open_.get(old), await asyncio.to_thread(document_of, new)
            if before and after and before.document.text != after.text:
                document = before.document
                later.append(document.with_text(after.text))
                options = options_for(team.checker.project_of(old), document)
                with contextlib.suppress(UnreadableError):
                    converted += await team.worker.converted(
                        self.action, document.text, after.text, options
                    )
        known = dict.fromkeys(converted)
        while found := await self._reexported(team, open_, tuple(known)) - known.keys():
            known |= dict.fromkeys(sorted(found))
        return Joint(tuple(later), tuple(known))

    async def _reexported(
        self, team: _Team, files: Mapping[Path, OpenFile], converted: tuple[Converted, ...]
    ) -> set[Converted]:
        """Return the names under which files re-export converted definitions."""
        found: set[Converted] = set()
        for path, each in files.items():
            if any(one.last in each.document.text for one in converted):
                options = options_for(team.checker.project_of(path), each.document)
                options = replace(options, converted=converted)
                with contextlib.suppress(UnreadableError):
                    uses = await team.worker.uses(self.action, each.document.text, options)
                    found |= {*uses.reexported}
        return found

    async def _unchanged(
        self, team: _Team, shown: Path, before: Path, known: OpenFile | None, joint: Joint
    ) -> Judged:
        """Judge an unchanged file together with the changed ones."""
        accepted = Judged(shown, Status.ACCEPTED, meaning=Meaning.PROVEN)
        if known is None or not any(each.last in known.document.text for each in joint.converted):
            return accepted
        project = team.checker.project_of(before)
        options = await asyncio.to_thread(options_for, project, known.document)
        options = replace(options, converted=joint.converted)
        try:
            uses = await team.worker.uses(self.action, known.document.text, options)
        except UnreadableError:
            return accepted
        if uses.total:
            return refused(
                shown, "it uses what is now async in another file, and does not await it"
            )
        return Judged(shown, *Verdict.of([], [*uses.doubts])) if uses.doubts else accepted

    async def _judge(
        self, team: _Team, open_: dict[Path, OpenFile], joint: Joint, pair: Pair
    ) -> Judged:
        name, before, after = pair
        shown = name if name.parts else Path(after.name)
        old, new = await asyncio.to_thread(read, before), await asyncio.to_thread(read, after)
        if old == new:
            return await self._unchanged(team, shown, before, open_.get(before), joint)
        if old is None or new is None:
            return refused(shown, f"the file was {'added' if old is None else 'removed'}")
        if before.suffix not in PYTHON_SUFFIXES:
            return refused(shown, "only Python files may be changed")
        try:
            document = Document.of(to_uri(before), 0, decode(old))
            text = decode(new)
            if encoding_of(old) != encoding_of(new):
                return refused(shown, "its encoding or its byte order mark has changed")
        except ValueError as error:
            return refused(shown, f"it cannot be decoded: {error}")
        root = open_[before].root if before in open_ else root_of(before)
        project = team.checker.project_of(before)
        others = [each.document for each in open_.values() if each.root == root]
        judged = await self._judge_texts(
            team.worker, shown, document, text, project=project, others=others, joint=joint
        )
        if judged.status is not Status.REFUSED and not joint.later:
            open_[before] = OpenFile(Document.of(document.uri, 1, text), root)
        return judged

    async def _judge_texts(
        self,
        worker: Worker,
        shown: Path,
        document: Document,
        text: str,
        *,
        project: Project,
        others: list[Document],
        joint: Joint,
    ) -> Judged:
        options = await asyncio.to_thread(options_for, project, document)
        options = replace(options, converted=joint.converted)
        wanted_types = TypesRequest(self.action, project, lambda: others)
        try:
            options = await with_types(
                worker, wanted_types, "calls", document, options=options, left=[]
            )
            doubts: tuple[Reason, ...] = ()
            uses = await worker.uses(self.action, document.text, options) if joint.later else None
            if uses and not uses.total:  # uncertain uses are also examined
                doubts, options = uses.doubts, replace(options, converted=())
            written = await worker.prove(self.action, document.text, text, options)
        except UnreadableError as error:
            fault = await worker.fault(text) or await worker.fault(document.text)
            return unreadable(shown, fault) if fault else refused(shown, str(error))
        if written.verdict.status is Status.REFUSED:
            fault = await worker.fault(text)
            if fault and not (fault.is_error and await worker.fault(document.text)):
                return unreadable(shown, fault)
            return Judged(shown, *written.verdict)
        judge = Judge(project, document, others, later=joint.later)
        baseline = partial(worker.baseline, self.action, written)
        judgement = await judge.judge(
            written.after,
            Baseline(written.code, written.steps),
            baseline,
            written.verdict.reasons,
        )
        unchecked = (*doubts, *judgement.unchecked)
        blocking, noted = (
            located(each, shown, document) for each in (judgement.blocking, judgement.noted)
        )
        findings = (*blocking, *noted)
        if blocking:
            reasons = tuple(reason_of(each, shown) for each in blocking)
            return Judged(shown, Status.REFUSED, reasons, written.verdict.meaning, findings)
        verdict, evidence = await collect(
            project,
            (document, *others),
            written.code,
            written.after,
            written.verdict,
            tests=self.action.wants_tests,
        )
        if unchecked and verdict.status is not Status.REFUSED:
            verdict = Verdict.of([], [*verdict.reasons, *unchecked])
        return Judged(shown, *verdict, verdict.meaning, findings, evidence)
