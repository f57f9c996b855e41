"""Our own rules as a tool: run in a thread, or in another process for long or many texts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from python_expert import __version__
from python_expert.config.settings import Profile
from python_expert.diagnostics.finding import Report
from python_expert.processes import pool
from python_expert.processes.command import Command, ToolError
from python_expert.text.decoding import decode
from python_expert.text.document import Document
from python_expert.text.paths import to_path, to_uri
from python_expert.tools.antipatterns.apart import ApartChecker
from python_expert.tools.antipatterns.spec import ANTIPATTERNS, SPEC
from python_expert.tools.base import Tool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Sequence
    from pathlib import Path

    from python_expert.tools.base import ToolEvents
    from python_expert.tools.context import ToolContext

LONG = 2_000
"""The minimum number of lines of a text that is checked in another process.

Shorter texts delay the event loop too little.
"""

MANY = 30
"""The number of files that one process checks at a time; fewer are checked in this process."""

PROCESS_MIB = 60


@dataclass(frozen=True)
class AntipatternsLaunch:
    """The parameters of the rules.

    Attributes:
        root: The project's folder.
        profile: The profile that selects the rules.
        changes: The number of changes of ruff's configuration files, which decide about style
            rules.
    """

    root: Path
    profile: Profile = Profile.AUTO
    changes: int = 0


class Antipatterns(Tool):
    """Our own rules for one project.

    Args:
        launch: The parameters of the rules.
        has_style: Returns whether style rules apply to a file.
    """

    spec = SPEC
    version = __version__
    launch: AntipatternsLaunch

    def __init__(
        self,
        launch: AntipatternsLaunch,
        has_style: Callable[[Path | None], bool] = lambda _path: True,
    ) -> None:
        self.launch = launch
        self._has_style = has_style
        self._checkers: list[ApartChecker] = []

    @classmethod
    def make(cls, context: ToolContext, events: ToolEvents) -> Antipatterns:
        """Create the tool for a project; see `Tool.make`."""
        del events
        # Style rules do not apply in a project that configures ruff.
        ruff = SPEC.merging.preferred
        launch = AntipatternsLaunch(context.root, context.settings.profile, context.changes(ruff))
        return cls(launch, lambda path: context.is_expert(ruff, path))

    @classmethod
    def version_command(cls, program: Path, root: Path) -> Command:
        """Return the command that prints the version of Python Expert."""
        return Command((str(program), "-c", f"print({f'{ANTIPATTERNS} {__version__}'!r})"), root)

    async def check(self, documents: Sequence[Document]) -> list[Report]:
        """Check documents separately; see `Tool.check`."""
        return [await self._check(document) for document in documents]

    async def what_if(
        self, documents: Sequence[Document], document: Document, text: str
    ) -> list[Report]:
        """Check a candidate text of a document; see `Tool.what_if`."""
        del documents
        return [await self._check(document.with_text(text))]

    async def check_files(
        self, paths: Sequence[Path], named: Collection[Path] = ()
    ) -> AsyncIterator[list[Report]]:
        """Check files on disk, and yield one report at a time; see `Tool.check_files`.

        Args:
            paths: The files.
            named: Not needed.

        Raises:
            ToolError: Raised at the end; some files could not be read.
        """
        del named
        failures: list[str] = []
        batches = [paths[first : first + MANY] for first in range(0, len(paths), MANY)]
        size = pool.size(len(batches), least=1, mib=PROCESS_MIB)
        checkers = [self._apart(number) if len(batches) > 1 else None for number in range(size)]
        checks = [partial(self._check_batch, failures, checker) for checker in checkers]
        async for reports in pool.spread(batches, checks):
            for report in reports:
                yield [report]
        if failures:
            raise ToolError("\n".join(failures))

    async def stop(self) -> None:
        """Stop the processes."""
        await asyncio.gather(*(each.stop() for each in self._checkers))

    async def _check_batch(
        self, failures: list[str], checker: ApartChecker | None, paths: Sequence[Path]
    ) -> list[Report]:
        documents = await asyncio.to_thread(_read, paths, failures)
        if checker is None:
            return await self.check(documents)
        if self.launch.profile is Profile.PROJECT:
            return [_nothing(each) for each in documents]
        return await checker.check([self._wanted(each) for each in documents])

    async def _check(self, document: Document) -> Report:
        if self.launch.profile is Profile.PROJECT:
            return _nothing(document)
        if len(document.lines) > LONG:
            (report,) = await self._apart().check([self._wanted(document)])
            return report
        return await asyncio.to_thread(self._found, document)

    def _apart(self, number: int = 0) -> ApartChecker:
        """Return the checker with a number; the first one also checks documents."""
        while len(self._checkers) <= number:
            self._checkers.append(ApartChecker(self.launch.root))
        return self._checkers[number]

    def _wanted(self, document: Document) -> tuple[Document, bool]:
        return document, self._has_style(to_path(document.uri))

    def _found(self, document: Document) -> Report:
        # The rules are not needed when the server starts.
        from python_expert.tools.antipatterns.checking import check  # noqa: PLC0415

        return check(document, style=self._has_style(to_path(document.uri)))


def _nothing(document: Document) -> Report:
    return Report(ANTIPATTERNS, document.uri, document.version, ())


def _read(paths: Sequence[Path], failures: list[str]) -> list[Document]:
    """Read files; for an unreadable file, add a message to the failures."""
    documents = []
    for path in paths:
        try:
            documents.append(Document.of(to_uri(path), 0, decode(path.read_bytes())))
        except OSError as error:
            failures.append(f"{path} cannot be read: {error.strerror or error}")
        except ValueError as error:
            failures.append(f"{path} cannot be decoded: {error}")
    return documents
