"""Pytest at work for one project: runs tests on what the editor has not saved."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.processes.command import ToolCrashError, ToolError
from python_expert.text.decoding import decode
from python_expert.text.document import Document
from python_expert.text.paths import to_uri
from python_expert.tools.base import Tool
from python_expert.tools.pytest import conventions
from python_expert.tools.pytest.affected import NOTHING, Affected
from python_expert.tools.pytest.coverage import ProjectCoverage
from python_expert.tools.pytest.coverage_view import CoverageView
from python_expert.tools.pytest.findings import file_of, real_path
from python_expert.tools.pytest.index import tests_in
from python_expert.tools.pytest.process import TestProcess
from python_expert.tools.pytest.results import KnownResults, RunResults
from python_expert.tools.pytest.showing import OpenFiles
from python_expert.tools.pytest.spec import PYTEST, SPEC, PytestSettings, WhichCoverage
from python_expert.tools.tests import TestSummary, WhenToRun

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Container, Sequence
    from tempfile import TemporaryDirectory

    from python_expert.diagnostics.finding import Report
    from python_expert.tools.base import ToolEvents
    from python_expert.tools.context import ToolContext
    from python_expert.tools.coverage import CoverageTotal, FileShare
    from python_expert.tools.tests import Test, TestResult


@dataclass(frozen=True)
class PytestLaunch:
    """What a project's tests are run with.

    Attributes:
        python: The project's interpreter.
        root: The project's folder.
        args: Pytest's further arguments.
        config: Pytest's configuration file, which says what tests are called.
        when: When tests run.
        coverage: Which coverage is shown.
        changes: How often its configuration files have changed.
    """

    python: Path
    root: Path
    args: tuple[str, ...] = ()
    config: Path | None = None
    when: WhenToRun = WhenToRun.MANUAL
    coverage: WhichCoverage = WhichCoverage.OFF
    changes: int = 0


class Pytest(Tool):
    """Pytest at work for one project.

    Args:
        launch: What to start.
        on_reports: Called with what fails, as soon as it is known.
        tell: Called with messages for the user.
    """

    spec = SPEC
    launch: PytestLaunch

    def __init__(
        self,
        launch: PytestLaunch,
        on_reports: Callable[[Sequence[Report]], None] = lambda _reports: None,
        tell: Callable[[str], None] = lambda _message: None,
    ) -> None:
        self.launch = launch
        self._conventions = conventions.read(launch.config)
        self._results = KnownResults()
        self._affected = Affected()
        self._coverage = ProjectCoverage(
            launch.python, launch.root, launch.coverage, launch.config, self._conventions
        )
        known = self._results, self._affected, self._coverage
        self._files = OpenFiles(launch.root, *known, on_reports)
        self._view = CoverageView(self._coverage, self._affected, self._files, tell)
        self._turn = asyncio.Lock()
        self._next: TestProcess | None = None
        self._warming: asyncio.Task[None] | None = None
        self._cache: TemporaryDirectory[str] | None = None

    @classmethod
    def make(cls, context: ToolContext, events: ToolEvents) -> Pytest:
        """Make it for a project; see `Tool.make`."""
        settings = context.settings.tools.of(PYTEST)
        return cls(
            PytestLaunch(
                context.program(PYTEST),
                context.root,
                context.args(PYTEST),
                context.config(PYTEST, None),
                settings.run if isinstance(settings, PytestSettings) else WhenToRun.MANUAL,
                settings.coverage if isinstance(settings, PytestSettings) else WhichCoverage.OFF,
                context.changes(PYTEST),
            ),
            events.reports,
            events.tell,
        )

    @property
    def when(self) -> WhenToRun:
        """When tests run; see `RunsTests`."""
        return self.launch.when

    def tests_in(self, document: Document) -> Sequence[Test]:
        """The tests in a document; see `RunsTests`."""
        path = file_of(document)
        if path is None or not self._conventions.is_test_file(path):
            return ()
        return tests_in(document, self._conventions)

    def last_results(self, document: Document) -> Sequence[TestResult]:
        """How a document's tests have ended; see `RunsTests`."""
        path = file_of(document)
        return tuple(self._results.of(path).results.values()) if path else ()

    def affected_tests(self, documents: Sequence[Document]) -> list[str] | None:
        """The tests that documents affect; see `RunsTests`."""
        found: dict[str, None] = {}
        for document in documents:
            if path := file_of(document):
                tests = [
                    f"{path}::{each.id}" for each in self.tests_in(document) if not each.is_class
                ]
                affected = self._affected.by(path, document.text, tests)
                if affected is None:
                    return None
                found |= dict.fromkeys(affected)
        return list(found)

    async def run_tests(
        self,
        documents: Sequence[Document],
        wanted: Sequence[str],
        told: Callable[[TestResult], None] = lambda _result: None,
    ) -> TestSummary:
        """Run tests; see `RunsTests`."""
        summary = await self._run(documents, wanted, told)
        if summary.results:
            self._warm()
        return summary

    async def _run(
        self,
        documents: Sequence[Document],
        wanted: Sequence[str],
        told: Callable[[TestResult], None] = lambda _result: None,
    ) -> TestSummary:
        async with self._turn:
            texts = self._files.take(documents)
            if not wanted:
                await self._view.update(texts)
                self._files.show_stale()
                return TestSummary(())
            session = RunResults(self._results, texts, told, self._files.show)
            self._files.session = session
            run, self._next = self._next or self._prepared(), None
            broken = ""
            try:
                sent = {str(path): text for path, text in texts.items()}
                arguments = [*self.launch.args, *wanted]
                measured = await self._coverage.is_wanted()
                cache, hear = self._cache_folder(), session.hear
                broken = await run.run(arguments, sent, cache, hear, covered=measured)
            except ToolCrashError as error:
                session.crashed(str(error))
                broken = str(error)
            except asyncio.CancelledError:
                self._files.session = None
                # What has not ended keeps its result, and what is known of it.
                new = [each for each in session.tests if not self._affected.knows(each)]
                self._affected.learn([], new, NOTHING, texts)
                raise
            finally:
                self.version = run.version or self.version
                await run.stop()
            learn = self._affected.learn
            unreadable = tuple(session.unreadable)
            await asyncio.to_thread(learn, wanted, session.tests, session.ran, texts, unreadable)
            self._files.session = None
            self._files.show(self._results.end(wanted, session.seen))
            self._files.show_stale()
            covered = await self._view.ran(wanted, session, texts)
            return TestSummary(tuple(session.results), unreadable, broken, covered)

    async def share_of(self, document: Document) -> FileShare | None:
        """How much of a document is covered; see `MeasuresCoverage`."""
        return await self._view.share_of(document)

    def coverage_total(self) -> CoverageTotal | None:
        """How much of the project is covered; see `MeasuresCoverage`."""
        return self._coverage.total

    def edited(self, document: Document) -> None:
        """Mark results that an edit may affect as stale; see `WatchesEdits`."""
        is_new = not self._files.has(document.uri)
        self._files.edited(document)
        if is_new:
            self.saved()

    def saved(self) -> None:
        """Read the data that a run of the project's own has left; see `WatchesSaves`."""
        self._view.read()

    async def check(self, documents: Sequence[Document]) -> list[Report]:
        """Run the tests in documents; see `Tool.check`."""
        reports = []
        for document in documents:
            path = file_of(document)
            if path and self.tests_in(document):
                summary = await self._run([document], [str(path)])
                if summary.message:
                    raise ToolError(summary.message)
            reports.append(self._files.report(document))
        return reports

    async def what_if(
        self, documents: Sequence[Document], document: Document, text: str
    ) -> list[Report]:
        """Run the tests in a text that takes a document's place; see `Tool.what_if`."""
        del documents
        return await self.check([Document.of(document.uri, document.version, text)])

    async def check_files(
        self, paths: Sequence[Path], named: Container[Path] = ()
    ) -> AsyncIterator[list[Report]]:
        """Run the tests in files; see `Tool.check_files`.

        Raises:
            ToolError: They cannot be run.
        """
        del named
        files = {path: real_path(path) for path in paths}
        tests = [str(file) for path, file in files.items() if self._conventions.is_test_file(path)]
        if not tests:
            return
        summary = await self._run((), tests)
        for path, file in files.items():
            with contextlib.suppress(OSError, ValueError):
                text = decode(await asyncio.to_thread(file.read_bytes))
                yield [self._files.report(Document.of(to_uri(path), 0, text))]
        for each in self._view.shortfalls():
            yield [each]
        if summary.message and not summary.unreadable:
            raise ToolError(summary.message)

    async def stop(self) -> None:
        """End the processes."""
        await self._view.stop()
        if self._warming:
            self._warming.cancel()
            await asyncio.wait([self._warming])
        if self._next:
            await self._next.stop()
        if self._cache:
            await asyncio.to_thread(self._cache.cleanup)

    def _prepared(self) -> TestProcess:
        return TestProcess(self.launch.python, self.launch.root)

    def _warm(self) -> None:
        """Start the next process ahead: importing pytest takes longer than most tests."""
        self._next = run = self._prepared()

        async def start() -> None:
            with contextlib.suppress(ToolError):
                await run.start()

        self._warming = asyncio.create_task(start())

    def _cache_folder(self) -> Path:
        if self._cache is None:
            from tempfile import TemporaryDirectory  # noqa: PLC0415 - it takes long to import

            self._cache = TemporaryDirectory(prefix="python-expert-", ignore_cleanup_errors=True)
        return Path(self._cache.name)
