"""What a tool that runs tests reports."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from python_expert.diagnostics.finding import ToolName
    from python_expert.text.document import Document, Range


STALE = "the code has changed since"
"""What is said of results after an edit that may affect them."""


class WhenToRun(StrEnum):
    """When tests run."""

    MANUAL = "manual"
    SAVE = "save"
    LIVE = "live"


class TestOutcome(StrEnum):
    """How a test has ended; an error is a failure outside the test itself, in a fixture, say."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


_WORST = (TestOutcome.ERROR, TestOutcome.FAILED, TestOutcome.PASSED, TestOutcome.SKIPPED)
"""The order in which results are named, the most important first."""


class TestKind(StrEnum):
    """What is run as a test, in the words of its lens."""

    TEST = "test"
    CLASS = "tests"
    EXAMPLES = "examples"
    """Those of one docstring."""


class Test(NamedTuple):
    """A test, a class of tests or a docstring with examples, in the text of a file.

    Attributes:
        id: Its id within the file, as pytest spells it: ``Class::test``.
        range: The name of what is defined, 0-based, in code points.
        kind: What it is.
    """

    id: str
    range: Range
    kind: TestKind = TestKind.TEST


class TestResult(NamedTuple):
    """How a test has ended.

    Attributes:
        file: The file.
        id: The test's id within the file; with its parameters, ``test[1]``.
        outcome: How it has ended.
        seconds: How long it took, with its fixtures.
        output: How it failed, if it did, and the end of what it has written.
        stale: Whether an edit since may change it.
    """

    file: Path
    id: str
    outcome: TestOutcome
    seconds: float
    output: str = ""
    stale: bool = False


class DebugLaunch(NamedTuple):
    """What a debugger starts to debug tests: a module, with the names of tests after its arguments.

    Attributes:
        python: The project's interpreter.
        cwd: The folder to start it in.
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
        line: Where it is defined, 0-based.
        tests: The tests, as `RunsTests.run_tests` takes them.
        results: Their last results; of one with parameters there are several.
    """

    name: str
    line: int
    tests: tuple[str, ...]
    results: tuple[TestResult, ...]


class TestSummary(NamedTuple):
    """How a run of tests has ended.

    Attributes:
        results: Those of its tests.
        unreadable: The files that could not be collected.
        message: Why the runner could not run, or empty.
        coverage: What is covered, as text for the user, if that is known, or why not; else empty.
        nothing_ran: That all tests were skipped or deselected, as text for the user, else empty.
    """

    results: tuple[TestResult, ...]
    unreadable: tuple[Path, ...] = ()
    message: str = ""
    coverage: str = ""
    nothing_ran: str = ""

    @property
    def fault(self) -> str:
        """Why nothing is known of the tests, if it is not a file that cannot be collected."""
        return "" if self.unreadable else self.message or self.nothing_ran


@runtime_checkable
class RunsTests(Protocol):
    """A tool that runs tests. It reports failures through `ToolEvents.reports` as they occur.

    Attributes:
        ran: How the tests have ended that were run in files on disk; see `Tool.check_files`.
    """

    ran: Sequence[TestResult]

    @property
    def name(self) -> ToolName:
        """The tool's name."""

    @property
    def when(self) -> WhenToRun:
        """When tests are to run."""

    def tests_in(self, document: Document) -> Sequence[Test]:
        """The tests in a document, found by its syntax; nothing is run."""

    def last_results(self, document: Document) -> Sequence[TestResult]:
        """How the tests of a document have ended that have been run since it was opened."""

    def tested_functions(self, document: Document) -> Sequence[TestedFunction]:
        """The functions of a document that tests ran when they last ran, if that is known.

        Not for the loop.
        """

    def debug_launch(self) -> DebugLaunch:
        """What a debugger starts to debug tests. Not for the loop."""

    async def run_affected(self, documents: Sequence[Document]) -> TestSummary | None:
        """Run the tests that the documents affect as they now are, after a run under way.

        Those of open files that have never run count too. Nothing runs, and None is returned, while
        a document does not parse.

        Raises:
            ToolError: They cannot be run.
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
            ToolError: They cannot be run.
            ToolCrashError: The process died, or a test did not end in time.
        """


class TestTrials(Protocol):
    """Runs tests on texts that may never come to be: nothing of it is remembered or shown."""

    async def affected(self, document: Document, text: str) -> list[str]:
        """The tests that a text in a document's place affects, as `RunsTests.run_tests` takes them.

        These are those that have run what it changes, and those that never ran in files that import
        the document's module.

        Raises:
            ToolError: The text does not parse.
        """

    async def run(
        self, documents: Sequence[Document], document: Document, text: str, wanted: Sequence[str]
    ) -> TestSummary:
        """Run tests on a text in a document's place, which is not written to disk.

        Args:
            documents: All open documents of the project.
            document: The document.
            text: The text in its place.
            wanted: What to run; see `RunsTests.run_tests`.

        Raises:
            ToolError: They cannot be run, or did not end in time.
        """


@runtime_checkable
class TriesTests(Protocol):
    """A tool that runs tests on candidates, for the gate."""

    @property
    def trials(self) -> TestTrials:
        """What runs them."""


def runner_among(tools: Iterable[object]) -> RunsTests | None:
    """The tool that runs tests."""
    return next((tool for tool in tools if isinstance(tool, RunsTests)), None)


def in_words(counts: Mapping[TestOutcome, int]) -> str:
    """How many tests have ended in which way."""
    words = {TestOutcome.ERROR: "could not run"}
    parts = [f"{counts[each]:,} {words.get(each, each)}" for each in _WORST if counts.get(each)]
    return ", ".join(parts)


def counted(counts: Mapping[TestOutcome, int]) -> str:
    """How many tests there were, and how many have ended in which way."""
    total = sum(counts.values())
    said = f"{total:,} {'test' if total == 1 else 'tests'}"
    return f"{said}: {in_words(counts)}" if total else said


def covers(within: str, test: str) -> bool:
    """Whether an id names a test: its own, its class's, or without its parameters."""
    return not within or test == within or test.startswith((f"{within}::", f"{within}["))
