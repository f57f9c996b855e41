"""Keeps what is shown of a project's coverage up to date."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from python_expert.diagnostics.finding import Report
from python_expert.processes.command import ToolError
from python_expert.text.paths import to_uri
from python_expert.tools.coverage import FileShare, rounded
from python_expert.tools.pytest.coverage_findings import shortfall
from python_expert.tools.pytest.findings import file_of
from python_expert.tools.pytest.spec import PYTEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from python_expert.text.document import Document
    from python_expert.tools.pytest.affected import Affected
    from python_expert.tools.pytest.coverage import ProjectCoverage
    from python_expert.tools.pytest.results import RunResults
    from python_expert.tools.pytest.showing import OpenFiles


class CoverageView:
    """Shows a project's coverage after runs of tests, and when the project's own data changes.

    Args:
        coverage: What is known of it.
        affected: What the tests ran.
        files: The open files.
        show_message: Called with messages for the user.
    """

    def __init__(
        self,
        coverage: ProjectCoverage,
        affected: Affected,
        files: OpenFiles,
        show_message: Callable[[str], None],
    ) -> None:
        self._coverage = coverage
        self._affected = affected
        self._files = files
        self._show_message = show_message
        self._reading: asyncio.Task[None] | None = None

    async def ran(self, wanted: Sequence[str], session: RunResults) -> str:
        """Take what a run has covered; returns what is covered now, as text for the user.

        Args:
            wanted: What was to run; nothing if the run was aborted.
            session: What the worker reported.
        """
        covered, texts = session.covered, session.texts
        seen = session.unreadable, session.tests
        await self._coverage.learn(wanted, covered, texts, *seen)
        return await self.update(texts)

    async def update(self, texts: Mapping[Path, str]) -> str:
        """Show what is covered, if the tests that the texts affect have run; returns it as text."""
        if self._coverage.fault:
            return f"coverage is not known: {self._coverage.fault}"
        await asyncio.to_thread(self._look_at, texts)
        if self._affected.may_any_differ(self._coverage.tests, texts):
            return ""
        try:
            known = await self._coverage.report(texts)
        except ToolError as error:
            return f"coverage is not known: {error}"
        total = self._coverage.total
        if not known or total is None:
            return ""
        self._files.show_all()
        return total.shortfall or f"tests cover {rounded(total.percent, total.precision)} %"

    def _look_at(self, texts: Mapping[Path, str]) -> None:
        """Find out what separates texts from those that tests ran."""
        for file, text in texts.items():
            self._affected.by(file, text, ())

    async def share_of(self, document: Document) -> FileShare | None:
        """How much of a document is covered, if that is known."""
        if self._reading is not None:
            await asyncio.wait([self._reading])
        path, total = file_of(document), self._coverage.total
        if path is None or total is None or path not in total.files:
            return None
        stale, failing = self._files.is_coverage_stale(path), self._files.is_cut_short(path)
        return FileShare(total.files[path], stale, failing)

    def shortfalls(self) -> Iterator[Report]:
        """Reports of too little coverage, if the project requires a percentage."""
        found = self._coverage.total and shortfall(self._coverage.total)
        if found:
            path, finding = found
            yield Report(PYTEST, to_uri(path), 0, (finding,))

    def read(self) -> None:
        """Read the coverage data of the project's own runs, if the settings ask for it."""
        if self._coverage.reads_existing and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            if await self._coverage.read_existing():
                self._files.show_all()
        except ToolError as error:
            self._show_message(str(error))

    async def stop(self) -> None:
        """End what is under way."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])
