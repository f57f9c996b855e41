"""Rewriting files from the shell, with the editor's rewrites and gate."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.analysis.source import apply_edits
from python_expert.llm.usage import Meter
from python_expert.pipeline.providers import Providers
from python_expert.pipeline.request import Request
from python_expert.pipeline.result import Outcome, Result
from python_expert.pipeline.run import Rewriter
from python_expert.processes.command import ToolError
from python_expert.project.files import FileChecker, root_of
from python_expert.text.changes import DocumentEdit
from python_expert.text.decoding import decode, encoding_of
from python_expert.text.document import Document, Position, Range
from python_expert.text.paths import to_path, to_uri
from python_expert.tools import registry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from python_expert.actions.base import Action
    from python_expert.config.settings import ProviderName
    from python_expert.project.project import Project


@dataclass
class File:
    """A file to be rewritten.

    Attributes:
        path: Where it is.
        data: What was in it when it was read.
        document: Its text, with what was accepted of earlier rewrites.
        fault: Why it cannot be read, or empty.
    """

    path: Path
    data: bytes = b""
    document: Document | None = None
    fault: str = ""

    @classmethod
    def read(cls, path: Path) -> File:
        """Read a file; one that cannot be read says why."""
        try:
            data = path.read_bytes()
            return cls(path, data, Document.of(to_uri(path), 0, decode(data)))
        except OSError as error:
            return cls(path, fault=f"it cannot be read: {error.strerror or error}")
        except ValueError as error:
            return cls(path, fault=f"it cannot be decoded: {error}")


@dataclass(frozen=True)
class Rewritten:
    """What became of one file.

    Attributes:
        path: The file.
        before: Its text.
        after: The text as the gate let it pass; the same as before if nothing was changed.
        outcome: What happened, and why.
    """

    path: Path
    before: str
    after: str
    outcome: Outcome


class FileRewriter:
    """One rewrite over some files, one after the other.

    Args:
        action: The rewrite.
        key: The qualified name of the one definition that is meant, or empty.
        line: A 1-based line of the one that is meant, or None.
        complete: Whether existing docstrings get the sections they lack.
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
        allow_findings: bool = False,
        proven_only: bool = False,
    ) -> None:
        self._action = action
        self._key = key
        self._line = line
        self._complete = complete
        self._confirmed = confirmed
        self._allow_findings = allow_findings
        self._proven_only = proven_only
        self._provider = provider
        self._progress = progress
        self._checker = FileChecker(registry.TOOLS, (), warn)
        self._providers = Providers(Meter())
        self._rewriter = Rewriter(self._providers.worker)

    async def files(self, paths: Sequence[Path]) -> list[Path]:
        """The Python files meant; see `FileChecker.files`."""
        return await self._checker.files(paths)

    async def rewrite(self, paths: Sequence[Path]) -> AsyncIterator[Rewritten]:
        """Rewrite files, each beside what was accepted of those before it; nothing is written."""
        files = [await asyncio.to_thread(File.read, path) for path in paths]
        for file in files:
            if file.document is None:
                outcome = Outcome(self._action, to_uri(file.path), file.path.name, "")
                outcome.refuse(file.fault)
                yield Rewritten(file.path, "", "", outcome)
                continue
            rewritten = await self._rewrite(file, file.document, files)
            yield rewritten
            if rewritten.outcome.result is Result.CHANGED:  # and whoever got it has taken it
                version = file.document.version + 1
                file.document = Document.of(file.document.uri, version, rewritten.after)

    async def stop(self) -> None:
        """End the processes."""
        await asyncio.gather(self._providers.stop(), self._checker.stop())

    async def payloads(self, paths: Sequence[Path]) -> AsyncIterator[str]:
        """What would leave the machine for each file, or why nothing; nothing is sent."""
        files = [await asyncio.to_thread(File.read, path) for path in paths]
        for file in files:
            text = f"{file.fault}\n"
            if file.document is not None:
                try:
                    request = await self._request(file, file.document, files)
                    text = await self._rewriter.payload(request)
                except ToolError as error:
                    text = f"{error}\n"
            yield f"<!-- {file.path} -->\n{text}"

    async def _rewrite(self, file: File, document: Document, files: Sequence[File]) -> Rewritten:
        outcome = await self._rewriter.rewrite(await self._request(file, document, files))
        after = document.text
        for change in outcome.changes:
            if isinstance(change, DocumentEdit):
                after = apply_edits(after, change.edits)
        return Rewritten(file.path, document.text, after, outcome)

    async def _request(self, file: File, document: Document, files: Sequence[File]) -> Request:
        project = self._checker.project(root_of(file.path))
        others = [each.document for each in files if self._is_in(each, project)]
        return Request(
            self._action,
            project,
            lambda: document,
            self._where(document),
            await self._providers.make(project, document.uri, self._provider),
            others=lambda: [each for each in others if each],
            key=self._key,
            complete=self._complete,
            confirmed=self._confirmed,
            allow_findings=self._allow_findings,
            proven_only=self._proven_only,
            progress=lambda *news: self._progress(file.path, *news),
        )

    def _is_in(self, file: File, project: Project) -> bool:
        return self._checker.project(root_of(file.path)) is project

    def _where(self, document: Document) -> Range | None:
        if self._line is None:
            return None
        if not 1 <= self._line <= len(document.lines):
            raise ToolError(f"there is no line {self._line}")
        line = document.lines[self._line - 1]
        at = Position(self._line - 1, len(line) - len(line.lstrip()))
        return Range(at, at)


def save(rewritten: Rewritten) -> str:
    """Make the new files, and put a rewritten text in its file's place; all of it, or nothing.

    Returns:
        Why that cannot be done, or an empty string.
    """
    made: list[Path] = []
    why = ""
    for new in rewritten.outcome.created:
        path = to_path(new.uri) or Path(new.uri)
        try:
            with path.open("x", encoding="utf-8", newline="") as file:
                made.append(path)
                file.write(new.text)
        except (OSError, ValueError) as error:
            why = f"{path} cannot be made: {getattr(error, 'strerror', None) or error}"
            break
    if not why and rewritten.after != rewritten.before:
        why = _replace(rewritten)
    if why:
        for path in made:
            path.unlink(missing_ok=True)
    return why


def _replace(rewritten: Rewritten) -> str:
    """Put a rewritten text in its file's place, whole or not at all; see `save`."""
    path = rewritten.path.resolve()
    try:
        before = path.read_bytes()
        if decode(before) != rewritten.before:
            return "the file was changed meanwhile; it is left as it is"
        mode = path.stat().st_mode
        if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(path, os.W_OK):
            return "the file is read-only; it is left as it is"
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(rewritten.after.encode(encoding_of(before)))
            shutil.copymode(path, name)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        return f"the file cannot be written: {error.strerror or error}"
    except ValueError as error:
        return f"the file cannot be written in its encoding: {error}"
    return ""
