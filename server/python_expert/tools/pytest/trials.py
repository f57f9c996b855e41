"""Runs tests on candidate texts without storing or showing any result."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from python_expert.processes.command import ToolCrashError, ToolError
from python_expert.tools.pytest.findings import file_of, report
from python_expert.tools.pytest.index import runnable, tests_in
from python_expert.tools.pytest.process import TestProcesses
from python_expert.tools.pytest.results import KnownResults, RunResults
from python_expert.tools.tests import TestSummary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from python_expert.diagnostics.finding import Report
    from python_expert.text.document import Document
    from python_expert.tools.pytest.affected import Affected
    from python_expert.tools.pytest.conventions import Conventions
    from python_expert.tools.pytest.launch import PytestLaunch
    from python_expert.tools.pytest.project_index import ProjectIndex

DEADLINE_S = 60.0
"""The time limit in seconds for all tests of one candidate: a user waits for them."""


class PytestTrials:
    """Runs a project's tests on candidates; see `TestTrials`.

    Args:
        launch: The parameters of the test runs.
        conventions: The project's naming conventions for tests.
        affected: The code that its tests ran.
        index: Its test files.
    """

    def __init__(
        self,
        launch: PytestLaunch,
        conventions: Conventions,
        affected: Affected,
        index: ProjectIndex,
    ) -> None:
        self._launch = launch
        self._conventions = conventions
        self._affected = affected
        self._index = index
        self._processes = TestProcesses(launch.python, launch.root, limited=launch.is_live)

    async def affected(self, document: Document, text: str) -> list[str]:
        """Return the tests that a candidate text affects; see `TestTrials`."""
        path = file_of(document)
        return [] if path is None else await asyncio.to_thread(self._find, path, document, text)

    def _find(self, path: Path, document: Document, text: str) -> list[str]:
        candidate = document.with_text(text)
        tests = runnable(path, tests_in(candidate, self._conventions))
        affected = self._affected.by(path, text, tests)
        self._affected.by(path, document.text, tests)  # the open text decides what is outdated
        if affected is None:
            raise ToolError("a part of the file does not parse")
        importing = self._index.importing(path)
        new = [each for each in importing if not self._affected.knows(each)]
        return list(dict.fromkeys((*affected, *new)))

    async def run(
        self, documents: Sequence[Document], document: Document, text: str, wanted: Sequence[str]
    ) -> TestSummary:
        """Run tests with a candidate text in a document's place; see `TestTrials`."""
        return (await self._run(documents, document, text, wanted))[0]

    async def reports(
        self, documents: Sequence[Document], document: Document, text: str
    ) -> list[Report]:
        """Report failures in the open documents, of tests that a text affects; see `Tool.what_if`.

        Raises:
            ToolError: The tests cannot be run.
        """
        wanted = await self.affected(document, text)
        summary, known = await self._run(documents, document, text, wanted)
        if summary.message:
            raise ToolError(summary.message)
        candidate = document.with_text(text)
        others = (each for each in documents if each.uri != document.uri)
        return [
            report(each, known.of(path).failures.values(), (), self._launch.root)
            for each in (candidate, *others)
            if (path := file_of(each))
        ]

    async def _run(
        self, documents: Sequence[Document], document: Document, text: str, wanted: Sequence[str]
    ) -> tuple[TestSummary, KnownResults]:
        texts = {path: each.text for each in documents if (path := file_of(each))}
        if path := file_of(document):
            texts[path] = text
        known = KnownResults()
        session = RunResults(known, texts, lambda _result: None, lambda _files: None)
        broken = ""
        try:
            if wanted:
                arguments = [*self._launch.args, *wanted]
                async with asyncio.timeout(DEADLINE_S):
                    broken = await self._processes.run(arguments, texts, session.handle)
        except TimeoutError:
            raise ToolError(f"the tests did not end within {DEADLINE_S:g} s") from None
        except ToolCrashError as error:
            session.crashed(str(error))
            broken = str(error)
        return TestSummary(tuple(session.results), tuple(session.unreadable), broken), known

    async def stop(self) -> None:
        """Stop the processes."""
        await self._processes.stop()
