"""Runs a project's tests on unsaved text."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from python_expert.analysis.error_recovery import BrokenError
from python_expert.processes.command import ToolCrashError, ToolError
from python_expert.tools.base import Tool
from python_expert.tools.pytest import conventions
from python_expert.tools.pytest.affected import NOTHING, Affected, file_of_test
from python_expert.tools.pytest.coverage import ProjectCoverage
from python_expert.tools.pytest.coverage_view import CoverageView
from python_expert.tools.pytest.findings import file_of, real_path
from python_expert.tools.pytest.given import documents, given
from python_expert.tools.pytest.index import runnable, tests_in
from python_expert.tools.pytest.launch import PytestLaunch
from python_expert.tools.pytest.outline import Outline
from python_expert.tools.pytest.process import TestProcesses
from python_expert.tools.pytest.project_index import ProjectIndex
from python_expert.tools.pytest.results import KnownResults, RunResults
from python_expert.tools.pytest.showing import OpenFiles
from python_expert.tools.pytest.spec import SPEC
from python_expert.tools.pytest.trials import PytestTrials
from python_expert.tools.tests import TestedFunction, TestSummary, WhenToRun

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Container, Mapping, Sequence
    from pathlib import Path

    from python_expert.diagnostics.finding import Report
    from python_expert.text.document import Document
    from python_expert.tools.base import ToolEvents
    from python_expert.tools.context import ToolContext
    from python_expert.tools.coverage import CoverageTotal, FileShare
    from python_expert.tools.tests import DebugLaunch, Test, TestResult


MOST_NEW = 200
"""The maximum number of tests which import a newly opened file, and never ran, that run live."""


class Pytest(Tool):
    """Runs the tests of one project.

    Args:
        launch: The parameters of the test runs.
        on_reports: Called with failures as soon as they are known.
        show_message: Called with messages for the user.
    """

    spec = SPEC
    launch: PytestLaunch

    def __init__(
        self,
        launch: PytestLaunch,
        on_reports: Callable[[Sequence[Report]], None] = lambda _reports: None,
        show_message: Callable[[str], None] = lambda _message: None,
    ) -> None:
        self.launch = launch
        self.ran: Sequence[TestResult] = ()
        self._conventions = conventions.read(launch.config, launch.args)
        self._index = ProjectIndex(real_path(launch.root), self._conventions)
        self._tests: dict[str, tuple[Document, Sequence[Test]]] = {}
        self._results = KnownResults()
        self._affected = Affected()
        self._coverage = ProjectCoverage(
            launch.python, launch.root, launch.coverage, launch.config, self._conventions
        )
        self._files = OpenFiles(
            launch.root, self._results, self._affected, self._coverage, on_reports
        )
        self._view = CoverageView(self._coverage, self._affected, self._files, show_message)
        self._turn = asyncio.Lock()
        self._processes = TestProcesses(launch.python, launch.root, limited=launch.is_live)
        self.trials = PytestTrials(launch, self._conventions, self._affected, self._index)

    @classmethod
    def make(cls, context: ToolContext, events: ToolEvents) -> Pytest:
        """Create the tool for a project; see `Tool.make`."""
        return cls(PytestLaunch.of(context), events.reports, events.show_message)

    @property
    def when(self) -> WhenToRun:
        """When tests run; see `RunsTests`."""
        return self.launch.when

    def tests_in(self, document: Document) -> Sequence[Test]:
        """Return the tests in a document; see `RunsTests`."""
        known = self._tests.get(document.uri)
        if known is None or known[0] is not document:
            known = self._tests[document.uri] = (document, tests_in(document, self._conventions))
        return known[1]

    def last_results(self, document: Document) -> Sequence[TestResult]:
        """Return the results of a document's tests; see `RunsTests`."""
        path = file_of(document)
        if path is None:
            return ()
        return self._files.with_staleness(self._results.of(path).results.values())

    def tested_functions(self, document: Document) -> Sequence[TestedFunction]:
        """Return the functions of a document that tests ran; see `RunsTests`."""
        path = file_of(document)
        if path is None or self._conventions.is_test_file(path):
            return ()
        try:
            outline = Outline.of(document.text)
        except BrokenError:
            return ()
        tests = self._affected.tests_of_functions(path, outline)
        results = self._files.results_of({each for found in tests.values() for each in found})
        return tuple(
            TestedFunction(
                name,
                outline.functions[name].line,
                tuple(found),
                tuple(result for test in found for result in results[test]),
            )
            for name, found in tests.items()
        )

    def debug_launch(self) -> DebugLaunch:
        """Return the command for a debugger; see `RunsTests`."""
        return self.launch.for_debugger()

    def affected_tests(self, documents: Sequence[Document]) -> list[str] | None:
        """Return the tests that documents affect; see `RunsTests`."""
        found: dict[str, None] = {}
        files = {path: each for each in documents if (path := file_of(each))}
        for path, document in files.items():
            tests = runnable(path, self.tests_in(document))
            affected = self._affected.by(path, document.text, tests)
            if affected is None:
                return None
            found |= dict.fromkeys((*affected, *self._importing(path, files)))
        return [each for each in found if "::" not in each or str(file_of_test(each)) not in found]

    def _importing(self, path: Path, others: Container[Path]) -> list[str]:
        """Return the tests in other files that import a file that never ran, if they are few."""
        if self._conventions.is_test_file(path) or self._affected.knows_file(path):
            return []
        tests = [each for each in self._index.importing(path) if file_of_test(each) not in others]
        new = [each for each in tests if not self._affected.knows(each)]
        return new if len(new) <= MOST_NEW else []

    async def run_tests(
        self,
        documents: Sequence[Document],
        wanted: Sequence[str],
        on_result: Callable[[TestResult], None] = lambda _result: None,
    ) -> TestSummary:
        """Run tests; see `RunsTests`."""
        async with self._turn:
            return await self._run_and_warm(documents, wanted, on_result)

    async def run_affected(self, documents: Sequence[Document]) -> TestSummary | None:
        """Run the tests that documents affect; see `RunsTests`."""
        async with self._turn:  # the results of the run before count
            wanted = await asyncio.to_thread(self.affected_tests, documents)
            return None if wanted is None else await self._run_and_warm(documents, wanted)

    async def _run_and_warm(
        self,
        documents: Sequence[Document],
        wanted: Sequence[str],
        on_result: Callable[[TestResult], None] = lambda _result: None,
    ) -> TestSummary:
        summary = await self._run(documents, wanted, on_result)
        if summary.results:
            self._processes.warm()
        return summary

    async def _run(
        self,
        documents: Sequence[Document],
        wanted: Sequence[str],
        on_result: Callable[[TestResult], None] = lambda _result: None,
        given: Sequence[str] | None = None,
    ) -> TestSummary:
        texts = self._files.take(documents)
        if not wanted:
            await self._view.update(texts)
            self._files.show_stale()
            return TestSummary(())
        run = self._files.session = RunResults(self._results, texts, on_result, self._files.show)
        broken = ""
        try:
            arguments = [*self.launch.args, *(wanted if given is None else given)]
            covered = await self._coverage.is_wanted()
            broken = await self._processes.run(arguments, texts, run.handle, covered=covered)
        except ToolCrashError as error:
            run.crashed(str(error))
            broken = str(error)
        except asyncio.CancelledError:
            # A test that has not ended keeps its last result and its executed lines.
            self._coverage.forget(run.tests)
            await self._learn((), run, NOTHING)
            raise
        finally:
            self.version = self._processes.version
        await self._learn(wanted, run, run.ran)
        self._files.show(self._results.end(wanted, run.seen))
        self._files.show_stale()
        said = await self._view.ran(() if broken else wanted, run)
        found = tuple(run.results), tuple(run.unreadable)
        return TestSummary(*found, broken, said, run.nothing_ran)

    async def share_of(self, document: Document) -> FileShare | None:
        """Return the coverage of a document; see `MeasuresCoverage`."""
        return await self._view.share_of(document)

    def coverage_total(self) -> CoverageTotal | None:
        """Return the coverage of the project; see `MeasuresCoverage`."""
        return self._coverage.total

    async def _learn(
        self, wanted: Sequence[str], session: RunResults, ran: Mapping[str, Any]
    ) -> None:
        """Record the code that tests ran, even if cancelled: their results are already known."""
        learn = self._affected.learn
        learning = asyncio.create_task(
            asyncio.to_thread(learn, wanted, session.tests, ran, session.texts, session.unreadable)
        )
        try:
            await asyncio.shield(learning)
        except asyncio.CancelledError:
            await learning
            raise
        finally:
            self._files.session = None

    def edited(self, document: Document) -> None:
        """Mark results that an edit may affect as stale; see `WatchesEdits`."""
        is_new = not self._files.has(document.uri)
        self._files.edited(document)
        if is_new:
            self.saved()

    def saved(self) -> None:
        """Read the coverage data of the project's own runs; see `WatchesSaves`."""
        self._view.read()

    def forget(self, uri: str) -> None:
        """Drop a closed document; see `Tool.forget`."""
        self._tests.pop(uri, None)
        self._files.forget(uri)

    async def check(self, documents: Sequence[Document]) -> list[Report]:
        """Run the tests in documents; see `Tool.check`."""
        reports = []
        for document in documents:
            path = file_of(document)
            if path and self.tests_in(document):
                async with self._turn:
                    summary = await self._run([document], [str(path)])
                if summary.message:
                    raise ToolError(summary.message)
            reports.append(self._files.report(document))
        return reports

    async def what_if(
        self, documents: Sequence[Document], document: Document, text: str
    ) -> list[Report]:
        """Run the tests that a candidate text affects; see `Tool.what_if`."""
        return await self.trials.reports(documents, document, text)

    async def check_files(
        self, paths: Sequence[Path], named: Collection[Path] = ()
    ) -> AsyncIterator[list[Report]]:
        """Run the tests in files; see `Tool.check_files`.

        Raises:
            ToolError: The tests cannot be run.
        """
        wanted, arguments = await asyncio.to_thread(
            given, paths, named, self.launch.root, self._conventions
        )
        if not wanted:
            return
        async with self._turn:
            summary = await self._run((), wanted, given=arguments)
        self.ran = summary.results
        if not (self.ran or summary.unreadable or summary.fault):
            return
        for document in await asyncio.to_thread(documents, paths, summary):
            yield [self._files.report(document)]
        for each in self._view.shortfalls():
            yield [each]
        if summary.fault:
            raise ToolError(summary.fault)

    async def stop(self) -> None:
        """Stop the processes."""
        self._files.clear_closed()
        await self._view.stop()
        await self._processes.stop()
        await self.trials.stop()
