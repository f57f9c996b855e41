"""Rewriting files from the shell, with the editor's rewrites and gate."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.source import apply_edits
from python_expert.config.settings import ProviderName
from python_expert.llm.usage import Meter
from python_expert.pipeline.providers import Providers
from python_expert.pipeline.request import Request
from python_expert.pipeline.result import Outcome, Result
from python_expert.pipeline.run import Rewriter
from python_expert.processes import pool
from python_expert.processes.command import ToolError
from python_expert.project.files import FileChecker, root_of
from python_expert.text.changes import DocumentEdit
from python_expert.text.decoding import decode
from python_expert.text.document import Document, Position, Range
from python_expert.text.paths import to_path, to_uri
from python_expert.tools import registry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from python_expert.actions.base import Action


@dataclass
class File:
    """A file to be rewritten.

    Attributes:
        path: Where it is.
        root: Its project's folder.
        document: Its text, with what was accepted of earlier rewrites.
        fault: Why it cannot be read, or empty.
    """

    path: Path
    root: Path
    document: Document | None = None
    fault: str = ""

    @classmethod
    def read(cls, path: Path) -> File:
        """Read a file; one that cannot be read says why."""
        root = root_of(path)
        try:
            return cls(path, root, Document.of(to_uri(path), 0, decode(path.read_bytes())))
        except OSError as error:
            return cls(path, root, fault=f"it cannot be read: {error.strerror or error}")
        except ValueError as error:
            return cls(path, root, fault=f"it cannot be decoded: {error}")

    def take(self, rewritten: Rewritten) -> None:
        """Go on with what was changed, if this file was."""
        for each in rewritten.replaced:
            if self.document and each.path == self.path:
                version = self.document.version + 1
                self.document = Document.of(self.document.uri, version, each.after)


class Replaced(NamedTuple):
    """A file, and the text that takes the place of the one in it."""

    path: Path
    before: str
    after: str


@dataclass(frozen=True)
class Rewritten:
    """What became of one file.

    Attributes:
        path: The file.
        before: Its text.
        after: The text as the gate let it pass; the same as before if nothing was changed.
        outcome: What happened, and why.
        callers: Other files that are changed with it.
    """

    path: Path
    before: str
    after: str
    outcome: Outcome
    callers: tuple[Replaced, ...] = ()

    @property
    def replaced(self) -> tuple[Replaced, ...]:
        """All files that are changed, this one first."""
        own = Replaced(self.path, self.before, self.after)
        return (*([own] if own.before != own.after else []), *self.callers)


FILES_EACH = 10
"""For so many files another team is worth its start, in which mypy reads what they import."""

TEAM_MIB = 1_000
"""What the processes take that rewrite one file after the other, mypy's on sympy 640 of it."""


class _Team:
    """The tools and the process that rewrite one file after the other.

    Args:
        warn: Called with what the user should know.
        meter: Counts the tokens that are used.

    Attributes:
        checker: Has the projects, with their tools.
        providers: Makes providers.
        rewriter: Carries out rewrites.
    """

    def __init__(self, warn: Callable[[str], None], meter: Meter) -> None:
        self.checker = FileChecker(registry.TOOLS, (), warn)
        self.providers = Providers(meter)
        self.rewriter = Rewriter(self.providers.worker)

    async def stop(self) -> None:
        """End the processes."""
        await asyncio.gather(self.providers.stop(), self.checker.stop())


class FileRewriter:
    """One rewrite over some files.

    They are rewritten one after the other, but for many files of an action that is independent and
    asks no model: these are shared out among several processes.

    Args:
        action: The rewrite.
        key: The qualified name of the one definition that is meant, or empty.
        line: A 1-based line of the one that is meant, or None.
        complete: Whether existing docstrings get the sections they lack.
        callers: Whether callers in other files of the project are changed, too.
        confirmed: Whether the user has agreed to what cannot be proven.
        allow_findings: Whether the user allows what the tools find.
        proven_only: Whether definitions that cannot be proven are left out.
        provider: Who is to propose.
        warn: Called with what the user should know.
        progress: Called with a file, a sentence, and how many definitions of how many are done.
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
        """The Python files meant, one if a definition is; see `FileChecker.files`."""
        found = await self._team.checker.files(paths)
        if len(found) > 1 and (self._key or self._line):
            raise ToolError("--function and --line are about one file; name that file")
        return found

    async def rewrite(self, paths: Sequence[Path]) -> AsyncIterator[Rewritten]:
        """Rewrite files, each beside what was accepted of those before it; nothing is written.

        Yields:
            What became of each file, in their order.
        """
        files = [await asyncio.to_thread(File.read, path) for path in paths]
        if (size := await self._size(files)) > 1:
            # What one has to warn of, all have.
            self._teams += [_Team(lambda _message: None, self._meter) for _ in range(size - 1)]
            shares = [
                partial(self._rewrite_at_once, team, files[number::size])
                for number, team in enumerate(self._teams)
            ]
            async with aclosing(pool.spread(files, shares)) as results:
                async for rewritten in results:
                    yield rewritten
            return
        for file in files:
            rewritten = await self._rewrite(self._team, file, files)
            yield rewritten
            # If whoever got it has taken it.
            for each in files if rewritten.outcome.result is Result.CHANGED else ():
                each.take(rewritten)

    async def stop(self) -> None:
        """End the processes."""
        await asyncio.gather(*(team.stop() for team in self._teams))

    async def payloads(self, paths: Sequence[Path]) -> AsyncIterator[str]:
        """What would leave the machine for each file, or why nothing; nothing is sent."""
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
        """How many teams are to share the files."""
        size = pool.size(len(files), least=FILES_EACH, mib=TEAM_MIB)
        if size == 1 or not self._action.independent:
            return 1
        for file in files:
            if file.document:
                project = self._team.checker.project(file.root)
                choice = await self._team.providers.choose(
                    project, file.document.uri, self._provider
                )
                if choice.provider is not ProviderName.OFFLINE:
                    return 1
        return size

    async def _rewrite_at_once(self, team: _Team, share: Sequence[File], file: File) -> Rewritten:
        rewritten = await self._rewrite(team, file, share)
        file.take(rewritten)
        return rewritten

    async def _rewrite(self, team: _Team, file: File, files: Sequence[File]) -> Rewritten:
        document = file.document
        if document is None:
            outcome = Outcome(self._action, to_uri(file.path), file.path.name, "")
            outcome.refuse(file.fault)
            return Rewritten(file.path, "", "", outcome)
        outcome = await team.rewriter.rewrite(await self._request(team, file, document, files))
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
        project = team.checker.project(file.root)
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
