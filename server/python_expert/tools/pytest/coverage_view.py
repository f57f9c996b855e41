"""Keeps the displayed coverage of a project up to date."""

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
        coverage: The known coverage.
        affected: The code that the tests ran.
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
        """Record the coverage of a run; return the current coverage as text for the user.

        Args:
            wanted: The requested tests; empty if the run was aborted.
            session: The worker's reports.
        """
        covered, texts = session.covered, session.texts
        seen = session.unreadable, session.tests
        await self._coverage.learn(wanted, covered, texts, *seen)
        return await self.update(texts)

    async def update(self, texts: Mapping[Path, str]) -> str:
        """Show the coverage, if all tests that the texts affect have run; return it as text."""
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
        """Compare texts with the texts that tests ran."""
        for file, text in texts.items():
            self._affected.by(file, text, ())

    async def share_of(self, document: Document) -> FileShare | None:
        """Return the coverage of a document, if it is known."""
        if self._reading is not None:
            await asyncio.wait([self._reading])
        path, total = file_of(document), self._coverage.total
        if path is None or total is None or path not in total.files:
            return None
        stale, failing = self._files.is_coverage_stale(path), self._files.is_cut_short(path)
        return FileShare(total.files[path], stale, failing)

    def shortfalls(self) -> Iterator[Report]:
        """Yield reports of too little coverage, if the project requires a percentage."""
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
        """Stop the work in progress."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])
