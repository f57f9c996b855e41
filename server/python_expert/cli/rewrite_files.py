"""Rewrites files from the shell, with the editor's rewrites and gate."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from python_expert.analysis.source import apply_edits
from python_expert.cli.rewritten import File, Replaced, Rewritten
from python_expert.config.settings import ProviderName
from python_expert.llm.choice import KEYS
from python_expert.llm.provider import OfflineReason
from python_expert.llm.usage import Meter
from python_expert.pipeline.providers import Providers
from python_expert.pipeline.request import Request
from python_expert.pipeline.result import Outcome, Result
from python_expert.pipeline.run import Rewriter
from python_expert.processes import pool
from python_expert.processes.command import ToolError
from python_expert.project.files import FileChecker
from python_expert.text.changes import DocumentEdit
from python_expert.text.document import Document, Position, Range
from python_expert.text.paths import NOTEBOOK, to_path, to_uri
from python_expert.tools import registry

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
    from pathlib import Path

    from python_expert.actions.base import Action, Facts


FILES_EACH = 10
"""The number of files for which another team is worth its start, in which mypy reads their imports.
"""

TEAM_MIB = 1_000
"""The maximum memory of one team's processes in MiB; mypy takes 640 MiB of it on sympy."""


class _Team:
    """The tools and the process that rewrite files one after the other.

    Args:
        warn: Called with warnings for the user.
        meter: Counts the tokens that are used.

    Attributes:
        checker: Has the projects, with their tools.
        providers: Creates providers.
        rewriter: Runs rewrites.
    """

    def __init__(self, warn: Callable[[str], None], meter: Meter) -> None:
        self.checker = FileChecker(registry.TOOLS, (), warn)
        self.providers = Providers(meter)
        self.rewriter = Rewriter(self.providers.worker)

    async def stop(self) -> None:
        """Stop the processes."""
        await asyncio.gather(self.providers.stop(), self.checker.stop())


class FileRewriter:
    """One rewrite over some files.

    Files are rewritten one after the other. Without a model, many files are distributed over
    several processes. If an edit can affect other files, the edits that each process accepts are
    judged once more by another process, in the files' order, together with all edits accepted
    before.

    Args:
        action: The rewrite.
        key: The qualified name of one definition to rewrite, or empty.
        line: A 1-based line of the definition to rewrite, or None.
        complete: Whether missing sections are added to existing docstrings.
        callers: Whether callers in other files of the project are changed, too.
        confirmed: Whether the user has agreed to unproven edits.
        allow_findings: Whether the user allows new findings.
        proven_only: Whether definitions with unproven edits are skipped.
        provider: The provider to use.
        warn: Called with warnings for the user.
        progress: Called with a file, a sentence, the number of definitions done, and their total.
    """

    def __init__(
        self,
        action: Action,
        *,
        key: str,
        line: int | None,
        complete: bool,
        confirmed: bool,
        provider: ProviderName,
        warn: Callable[[str], None],
        progress: Callable[[Path, str, int, int], None],
        callers: bool = False,
        allow_findings: bool = False,
        proven_only: bool = False,
    ) -> None:
        self._action = action
        self._key = key
        self._line = line
        self._complete = complete
        self._callers = callers
        self._confirmed = confirmed
        self._allow_findings = allow_findings
        self._proven_only = proven_only
        self._provider = provider
        self._progress = progress
        self._meter = Meter()
        self._team = _Team(warn, self._meter)
        self._teams = [self._team]

    async def files(self, paths: Sequence[Path]) -> list[Path]:
        """Return the Python files to rewrite (one if a definition is named); see `FileChecker`.

        Raises:
            ToolError: A path is wrong, or a notebook.
        """
        found = await self._team.checker.files(paths)
        if notebook := next((path for path in found if path.suffix == NOTEBOOK), None):
            raise ToolError(f"{notebook} is a notebook; its cells can be rewritten in an editor")
        if len(found) > 1 and (self._key or self._line):
            raise ToolError("--function and --line work on one file; name that file")
        return found

    async def rewrite(self, paths: Sequence[Path]) -> AsyncIterator[Rewritten]:
        """Rewrite files, each with the accepted edits of earlier ones; nothing is saved.

        Yields:
            The result for each file, in order.
        """
        files = [await asyncio.to_thread(File.read, path) for path in paths]
        if (size := await self._size(files)) > 1:
            if self._action.independent:
                rewriting = self._at_once(files, [self._team, *self._more_teams(size - 1)])
            else:
                rewriting = self._twice(files, self._more_teams(size))
        else:
            rewriting = self._in_order(files)
        async with aclosing(rewriting):
            async for rewritten in rewriting:
                yield rewritten

    async def advice(self, path: Path) -> str:
        """Return advice on using a model for a file, if only the key is missing; else empty."""
        project = self._team.checker.project_of(path)
        choice = await self._team.providers.choose(project, to_uri(path), self._provider)
        no_key = choice.unasked is OfflineReason.NO_KEY
        return f"set {KEYS[0]} to have a model asked" if no_key else ""

    async def stop(self) -> None:
        """Stop the processes."""
        await asyncio.gather(*(team.stop() for team in self._teams))

    async def payloads(self, paths: Sequence[Path]) -> AsyncIterator[str]:
        """Yield the request for each file, or the reason why there is none; send nothing."""
        files = [await asyncio.to_thread(File.read, path) for path in paths]
        for file in files:
            text = f"{file.fault}\n"
            if file.document is not None:
                try:
                    request = await self._request(self._team, file, file.document, files)
                    text = await self._team.rewriter.payload(request)
                except ToolError as error:
                    text = f"{error}\n"
            yield f"<!-- {file.path} -->\n{text}"

    async def _size(self, files: Sequence[File]) -> int:
        """Return the number of teams that share the files."""
        # For an action that is not independent, another team judges: with two teams, half as many
        # more.
        mib = TEAM_MIB if self._action.independent else TEAM_MIB * 3 // 2
        size = pool.size(len(files), least=FILES_EACH, mib=mib)
        if size == 1 or self._callers:
            return 1
        for file in files:
            if file.document:
                project = self._team.checker.project_of(file.path)
                choice = await self._team.providers.choose(
                    project, file.document.uri, self._provider
                )
                if choice.provider is not ProviderName.OFFLINE:
                    return 1
        return size

    async def _in_order(self, files: Sequence[File]) -> AsyncGenerator[Rewritten, None]:
        """Rewrite files one after the other."""
        for file in files:
            rewritten = await self._rewrite(self._team, file, files)
            yield rewritten
            _take(rewritten, files)

    async def _at_once(
        self, files: Sequence[File], teams: Sequence[_Team]
    ) -> AsyncGenerator[Rewritten, None]:
        """Rewrite several files at once, each with the edits that its team has accepted before."""

        async def work(team: _Team, share: Sequence[File], file: File) -> Rewritten:
            rewritten = await self._rewrite(team, file, share)
            file.take(rewritten)
            return rewritten

        files = [replace(file) for file in files]  # the receiver may not accept the result
        shares = [partial(work, team, files[n :: len(teams)]) for n, team in enumerate(teams)]
        async with aclosing(pool.spread(files, shares)) as results:
            async for rewritten in results:
                yield rewritten

    async def _twice(
        self, files: Sequence[File], teams: Sequence[_Team]
    ) -> AsyncGenerator[Rewritten, None]:
        """Rewrite several files at once; accepted edits are judged again with all others."""
        async with aclosing(self._at_once(files, teams)) as results:
            async for rewritten in results:
                file = next(each for each in files if each.path == rewritten.path)
                result = rewritten
                if rewritten.outcome.result is Result.CHANGED:
                    facts = rewritten.outcome.facts
                    result = await self._rewrite(self._team, file, files, facts)
                    result.outcome.add(rewritten.outcome)
                yield result
                _take(result, files)

    def _more_teams(self, number: int) -> list[_Team]:
        # All teams have the same warnings, so only one of them reports them.
        teams = [_Team(lambda _message: None, self._meter) for _ in range(number)]
        self._teams += teams
        return teams

    async def _rewrite(
        self, team: _Team, file: File, files: Sequence[File], proposed: Facts | None = None
    ) -> Rewritten:
        document = file.document
        if document is None:
            outcome = Outcome(self._action, to_uri(file.path), file.path.name, "")
            outcome.refuse(file.fault)
            return Rewritten(file.path, "", "", outcome)
        outcome = await team.rewriter.rewrite(
            replace(await self._request(team, file, document, files), proposed=proposed)
        )
        named = outcome.asked or outcome.refused or any(each.key for each in outcome.left)
        if self._line and not named:
            outcome.left.clear()
            outcome.refuse(f"there is no function or class at line {self._line}")
        texts = {document.uri: document.text}
        texts |= {each.document.uri: each.document.text for each in outcome.callers}
        found = [Replaced(file.path, document.text, document.text)]
        for change in outcome.changes:
            if isinstance(change, DocumentEdit):
                path, before = to_path(change.uri) or file.path, texts[change.uri]
                new = Replaced(path, before, apply_edits(before, change.edits))
                found = [new, *found[1:]] if change.uri == document.uri else [*found, new]
        return Rewritten(file.path, document.text, found[0].after, outcome, tuple(found[1:]))

    async def _request(
        self, team: _Team, file: File, document: Document, files: Sequence[File]
    ) -> Request:
        project = team.checker.project_of(file.path)
        others = [each.document for each in files if each.root == file.root]
        return Request(
            self._action,
            project,
            lambda: document,
            self._where(document),
            await team.providers.make(project, document.uri, self._provider),
            others=lambda: [each for each in others if each],
            key=self._key,
            complete=self._complete,
            callers=self._callers,
            with_callers="--callers",
            confirmed=self._confirmed,
            allow_findings=self._allow_findings,
            proven_only=self._proven_only,
            progress=lambda *news: self._progress(file.path, *news),
        )

    def _where(self, document: Document) -> Range | None:
        if self._line is None:
            return None
        if not 1 <= self._line <= len(document.lines):
            raise ToolError(f"there is no line {self._line}")
        line = document.lines[self._line - 1]
        at = Position(self._line - 1, len(line) - len(line.lstrip()))
        return Range(at, at)


def _take(rewritten: Rewritten, files: Sequence[File]) -> None:
    """Continue with the changed text, if the receiver has accepted it."""
    for each in files if rewritten.outcome.result is Result.CHANGED else ():
        each.take(rewritten)
