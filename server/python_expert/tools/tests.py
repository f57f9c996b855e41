"""The interface of tools that run tests."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from python_expert.diagnostics.finding import ToolName
    from python_expert.text.document import Document, Range


STALE = "the code has changed since"
"""The label of results after an edit that may affect them."""


class WhenToRun(StrEnum):
    """When tests run."""

    MANUAL = "manual"
    SAVE = "save"
    LIVE = "live"


class TestOutcome(StrEnum):
    """The outcome of a test; an error is a failure outside the test, for example in a fixture."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


_WORST = (TestOutcome.ERROR, TestOutcome.FAILED, TestOutcome.PASSED, TestOutcome.SKIPPED)
"""The order in which outcomes are listed, the most important first."""


class TestKind(StrEnum):
    """The kind of item that is run as a test, in the words of its lens."""

    TEST = "test"
    CLASS = "tests"
    EXAMPLES = "examples"
    """The examples of one docstring."""


class Test(NamedTuple):
    """A test, a class of tests or a docstring with examples, in the text of a file.

    Attributes:
        id: Its id within the file, as pytest spells it: ``Class::test``.
        range: The range of its name, 0-based, in code points.
        kind: Its kind.
    """

    id: str
    range: Range
    kind: TestKind = TestKind.TEST


class TestResult(NamedTuple):
    """The result of a test.

    Attributes:
        file: The file.
        id: The test's id within the file, with its parameters: ``test[1]``.
        outcome: The outcome.
        seconds: The duration of the test with its fixtures, in seconds.
        output: The failure, if it failed, and the end of the captured output.
        stale: Whether an edit since then may change the result.
    """

    file: Path
    id: str
    outcome: TestOutcome
    seconds: float
    output: str = ""
    stale: bool = False


class DebugLaunch(NamedTuple):
    """The command that a debugger starts: a module, its arguments, and then the names of tests.

    Attributes:
        python: The project's interpreter.
        cwd: The working directory.
        module: The module.
        args: Its arguments.
    """

    python: Path
    cwd: Path
    module: str
    args: tuple[str, ...]


class TestedFunction(NamedTuple):
    """A function that tests ran.

    Attributes:
        name: Its dotted name within the file.
        line: The 0-based line of its definition.
        tests: The tests, as `RunsTests.run_tests` takes them.
        results: Their last results; a parametrized test has several.
    """

    name: str
    line: int
    tests: tuple[str, ...]
    results: tuple[TestResult, ...]


class TestSummary(NamedTuple):
    """The result of a test run.

    Attributes:
        results: The results of its tests.
        unreadable: The files that could not be collected.
        message: The reason why the runner could not run, or empty.
        coverage: The coverage, or the reason why it is unknown, as text for the user; else empty.
        nothing_ran: A text for the user if all tests were skipped or deselected, else empty.
    """

    results: tuple[TestResult, ...]
    unreadable: tuple[Path, ...] = ()
    message: str = ""
    coverage: str = ""
    nothing_ran: str = ""

    @property
    def fault(self) -> str:
        """The reason why the tests have no results, unless a file could not be collected."""
        return "" if self.unreadable else self.message or self.nothing_ran


@runtime_checkable
class RunsTests(Protocol):
    """A tool that runs tests. It reports failures through `ToolEvents.reports` as they occur.

    Attributes:
        ran: The summary of the tests that were run in files on disk; see `Tool.check_files`.
    """

    ran: Sequence[TestResult]

    @property
    def name(self) -> ToolName:
        """The tool's name."""

    @property
    def when(self) -> WhenToRun:
        """When tests are to run."""

    def tests_in(self, document: Document) -> Sequence[Test]:
        """Return the tests in a document, found by its syntax; run nothing."""

    def last_results(self, document: Document) -> Sequence[TestResult]:
        """Return the results of a document's tests that have run since it was opened."""

    def tested_functions(self, document: Document) -> Sequence[TestedFunction]:
        """Return the functions of a document that tests ran in their last run, if that is known.

        Do not call it on the event loop.
        """

    def debug_launch(self) -> DebugLaunch:
        """Return the command for debugging tests. Do not call it on the event loop."""

    async def run_affected(self, documents: Sequence[Document]) -> TestSummary | None:
        """Run the tests that the current documents affect, after any run in progress.

        Tests of open files that have never run count as affected. If a document does not parse,
        nothing runs and the result is None.

        Raises:
            ToolError: The tests cannot be run.
            ToolCrashError: The process died, or a test did not end in time.
        """

    async def run_tests(
        self,
        documents: Sequence[Document],
        wanted: Sequence[str],
        on_result: Callable[[TestResult], None],
    ) -> TestSummary:
        """Run tests with the open documents in place of their files.

        Args:
            documents: All open documents of the project.
            wanted: Files and folders, or a file with the id of a test in it:
                ``/project/test_a.py::Class::test``.
            on_result: Called with each result as soon as it is known.

        Raises:
            ToolError: The tests cannot be run.
            ToolCrashError: The process died, or a test did not end in time.
        """


class TestTrials(Protocol):
    """Runs tests on candidate texts without storing or showing any result."""

    async def affected(self, document: Document, text: str) -> list[str]:
        """Return the tests that a candidate text affects, in the form of `RunsTests.run_tests`.

        These are the tests that have run code which the text changes, and tests that never ran in
        files that import the document's module.

        Raises:
            ToolError: The text does not parse.
        """

    async def run(
        self, documents: Sequence[Document], document: Document, text: str, wanted: Sequence[str]
    ) -> TestSummary:
        """Run tests with a candidate text in place of a document's, which is not written to disk.

        Args:
            documents: All open documents of the project.
            document: The document.
            text: The candidate text.
            wanted: The tests to run; see `RunsTests.run_tests`.

        Raises:
            ToolError: They cannot be run, or did not end in time.
        """


@runtime_checkable
class TriesTests(Protocol):
    """A tool that runs tests on candidate texts for the gate."""

    @property
    def trials(self) -> TestTrials:
        """The runner of such tests."""


def runner_among(tools: Iterable[object]) -> RunsTests | None:
    """Return the first tool that runs tests."""
    return next((tool for tool in tools if isinstance(tool, RunsTests)), None)


def in_words(counts: Mapping[TestOutcome, int]) -> str:
    """Describe the number of tests with each outcome."""
    words = {TestOutcome.ERROR: "could not run"}
    parts = [f"{counts[each]:,} {words.get(each, each)}" for each in _WORST if counts.get(each)]
    return ", ".join(parts)


def counted(counts: Mapping[TestOutcome, int]) -> str:
    """Describe the total number of tests, and the number with each outcome."""
    total = sum(counts.values())
    said = f"{total:,} {'test' if total == 1 else 'tests'}"
    return f"{said}: {in_words(counts)}" if total else said


def covers(within: str, test: str) -> bool:
    """Return whether an id includes a test: its own, its class's, or one without parameters."""
    return not within or test == within or test.startswith((f"{within}::", f"{within}["))
