"""Runs tests: on command, from the lenses over tests, and after a save."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

from python_expert.analysis.error_recovery import BrokenError, parse
from python_expert.isolation import FaultBarrier
from python_expert.lsp.features.coverage_lens import coverage_lens
from python_expert.lsp.features.test_lenses import lenses_of
from python_expert.lsp.features.test_output import TestOutput
from python_expert.lsp.progress import Progress, result_of
from python_expert.lsp.window import MessageType, refresh, show_message
from python_expert.processes.command import ToolError
from python_expert.text.paths import to_path
from python_expert.tools.tests import (
    TestKind,
    TestOutcome,
    WhenToRun,
    counted,
    in_words,
    runner_among,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from python_expert.lsp.feature_context import FeatureContext
    from python_expert.project.project import Project
    from python_expert.tools.tests import RunsTests, TestResult, TestSummary

log = logging.getLogger(__name__)

PAUSE_S = 0.3
"""Seconds without an edit after which the affected tests run."""

NO_RUNNER = (
    "tests cannot be run here: the folder is not trusted, or 'tools.pytest.enabled' is false"
)
NO_TESTS = "there are no tests to run"

_BEGUN = FaultBarrier("running tests")


class TestRuns:
    """Runs the tests of projects, one run at a time.

    Args:
        context: The shared context of the session's features.

    Attributes:
        output: Shows the output of the tests.
    """

    __test__ = False

    def __init__(self, context: FeatureContext) -> None:
        self._protocol, self._documents, self._projects, self._client, self._ready = context
        self.output = TestOutput(context)
        self._run: asyncio.Task[dict[str, Any]] | None = None
        self._lenses: dict[str, list[dict[str, Any]]] = {}
        self._pause: asyncio.TimerHandle | None = None
        self._affected: asyncio.Task[None] | None = None
        self._begun: set[asyncio.Task[None]] = set()

    async def execute(self, argument: object) -> dict[str, Any]:
        """Carry out the command ``pythonExpert.runTests``.

        Args:
            argument: {uri, test, function, wait}: a file or a folder; the id of a test or a class
                in that file, or the name of a function, to run the tests that have run it; and
                whether the answer waits for the end of the run. Without a file, all tests of the
                first workspace folder run.

        Returns:
            {result: started, done, failed or cancelled; message, and after the end of the run
            passed, failed, error, skipped: the numbers of tests}. The message is for the user.
        """
        words = argument if isinstance(argument, dict) else {}
        given = (words.get("uri"), words.get("test"), words.get("function"))
        asked = [word if isinstance(word, str) else None for word in given]
        if words.get("wait") is True:
            return await self.run(*asked)
        task = asyncio.create_task(_BEGUN.ask(None, self._run_and_report, *asked))
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        return {"result": "started", "message": "tests are being run"}

    async def _run_and_report(self, *asked: str | None) -> None:
        answer = await self.run(*asked)
        if answer["result"] != "cancelled":
            kind = MessageType.WARNING if answer["result"] == "failed" else MessageType.INFO
            show_message(self._protocol, answer["message"], kind)

    async def run(
        self, uri: str | None, test: str | None = None, function: str | None = None
    ) -> dict[str, Any]:
        """Run tests, after the end of any run in progress."""
        await self._ready.wait()
        found = self._file(uri)
        if found is None:
            return {"result": "failed", "message": NO_TESTS}
        project, file = found
        runner = runner_among(project.tools.values())
        if runner is None:
            return {"result": "failed", "message": NO_RUNNER}
        wanted: Sequence[str] = [f"{file}::{test}" if test else file]
        if uri and function:
            wanted = await self._tests_of(runner, uri, function)
        if not wanted:
            return {"result": "failed", "message": NO_TESTS}
        while self._run is not None and not self._run.done():
            await asyncio.wait([self._run])
        task = self._run = asyncio.create_task(self._carry_out(project, runner, wanted))
        answer = await result_of(task)
        return answer or {"result": "cancelled", "message": "the run of tests was cancelled"}

    async def lenses(self, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Answer ``textDocument/codeLens``: lenses that run each test and show its last result."""
        await self._ready.wait()
        document = self._documents.get(params["textDocument"]["uri"])
        if document is None:
            return []
        project = self._projects.of(document.uri)
        runner = runner_among(project.tools.values())
        if runner is None:
            return []
        covered = await coverage_lens(project, document)
        found = await lenses_of(document, runner, self._client)
        if bool(found) or await asyncio.to_thread(_parses, document.text):
            self._lenses[document.uri] = found
        # With a syntax error no tests are found, and the lenses would come and go while the user
        # types.
        return [*covered, *self._lenses.get(document.uri, found)]

    async def saved(self, uri: str) -> None:
        """Run tests after a save, if the settings say so."""
        await self._ready.wait()
        document = self._documents.get(uri)
        if document is None:
            return
        project = self._projects.of(uri)
        runner = runner_among(project.tools.values())
        if runner is None or runner.when is not WhenToRun.SAVE:
            return
        own = any(each.kind is not TestKind.EXAMPLES for each in runner.tests_in(document))
        for each in [document] if own else project.documents:
            if own or runner.tests_in(each):
                answer = await self.run(each.uri, None)
                if answer["result"] == "failed":
                    log.warning("%s", answer["message"])

    def changed(self, uri: str) -> None:
        """Run the affected tests after a pause in the edits, if the settings say so."""
        runner = runner_among(self._projects.of(uri).tools.values())
        if runner is None or runner.when is not WhenToRun.LIVE:
            return
        if self._pause is not None:
            self._pause.cancel()
        self._pause = asyncio.get_running_loop().call_later(PAUSE_S, self._begin_affected, uri)

    def _begin_affected(self, uri: str) -> None:
        if self._affected is not None:
            self._affected.cancel()
        self._affected = asyncio.create_task(_BEGUN.ask(None, self._run_affected, uri))

    async def _run_affected(self, uri: str) -> None:
        await self._ready.wait()
        if self._documents.get(uri) is None:
            return
        project = self._projects.of(uri)
        runner = runner_among(project.tools.values())
        if runner is None or runner.when is not WhenToRun.LIVE:
            return
        if await runner.run_affected(project.documents) is not None:
            await self._refresh()

    async def stop(self) -> None:
        """Stop the run in progress and the waiting ones; delete the files that were shown."""
        self.output.stop()
        if self._pause is not None:
            self._pause.cancel()
        for task in (*self._begun, *([self._affected] if self._affected else [])):
            task.cancel()
        if self._run is not None:
            self._run.cancel()
            await asyncio.wait([self._run])

    async def _carry_out(
        self, project: Project, runner: RunsTests, wanted: Sequence[str]
    ) -> dict[str, Any]:
        task = asyncio.current_task()
        progress = Progress(
            self._protocol,
            "Python Expert: Run Tests",
            enabled=self._client.progress,
            on_cancel=task.cancel if task else None,
        )
        counts: Counter[TestOutcome] = Counter()

        def on_result(result: TestResult) -> None:
            counts[result.outcome] += 1
            progress.update(in_words(counts))

        progress.update("starting pytest")
        try:
            summary = await runner.run_tests(project.documents, wanted, on_result)
        except ToolError as error:
            return {"result": "failed", "message": f"tests cannot be run: {error}"}
        finally:
            progress.update(None)
            await self._refresh()
        return _answer(summary, counts)

    async def _refresh(self) -> None:
        if self._client.lens_refresh:
            await refresh(self._protocol, "codeLens")

    async def _tests_of(self, runner: RunsTests, uri: str, function: str) -> Sequence[str]:
        """Return the tests that have run a function."""
        document = self._documents.get(uri)
        if document is None:
            return ()
        tested = await asyncio.to_thread(runner.tested_functions, document)
        return next((each.tests for each in tested if each.name == function), ())

    def _file(self, uri: str | None) -> tuple[Project, str] | None:
        """Return the project, and the file or folder, of a command."""
        uri = uri or next(iter(self._projects.folders), None)
        path = to_path(uri) if uri else None
        if uri is None or path is None:
            return None
        root = self._projects.folders.get(uri)
        project = self._projects.of(f"{uri}/x.py") if root else self._projects.of(uri)
        return project, os.path.realpath(path)


def _parses(text: str) -> bool:
    try:
        parse(text)
    except BrokenError:
        return False
    return True


def _answer(summary: TestSummary, counts: Mapping[TestOutcome, int]) -> dict[str, Any]:
    numbers = {str(each): counts.get(each, 0) for each in TestOutcome}
    total = sum(numbers.values())
    said = counted(counts)
    if summary.unreadable:
        names = ", ".join(dict.fromkeys(path.name for path in summary.unreadable))
        said += f"; {names} cannot be collected"
    if summary.message:
        broken = f"the run was aborted: {summary.message}"
        said = f"{said}; {broken}" if total else f"tests cannot be run: {summary.message}"
    elif not total and not summary.unreadable:
        said = NO_TESTS
    seconds = sum(each.seconds for each in summary.results)
    covered = f"; {summary.coverage}" if summary.coverage else ""
    return {
        "result": "failed" if summary.message else "done",
        "message": f"{said} ({seconds:,.1f} s){covered}" if total else said,
        **numbers,
    }
