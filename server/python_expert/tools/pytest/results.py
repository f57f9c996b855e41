"""The known results of a project's tests: the last result of each test, and the failures."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_expert.tools.answers import number, text
from python_expert.tools.pytest.affected import NOTHING
from python_expert.tools.pytest.findings import Failure
from python_expert.tools.tests import TestOutcome, TestResult, covers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


SHOW_EVERY_S = 0.1
"""Seconds between two reports while many tests fail in a row."""


@dataclass
class FileResults:
    """The known results of the tests in one file.

    Attributes:
        results: The last result of each test, by its id.
        failures: The failures by the test's id; a failure of the file itself has an empty id.
    """

    results: dict[str, TestResult] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)

    def drop(self, wanted: Sequence[str], seen: set[str]) -> None:
        """Drop the results of requested tests that a run did not find again.

        Args:
            wanted: The requested ids of tests and classes; an empty id means the whole file.
            seen: The ids of the tests that ran.
        """
        for known in (self.results, self.failures):
            for each in [*known]:
                if each not in seen and any(covers(within, each) for within in wanted):
                    del known[each]


class KnownResults:
    """The known results of a project's tests."""

    def __init__(self) -> None:
        self._files: dict[Path, FileResults] = {}

    def of(self, file: Path) -> FileResults:
        """Return the known results of the tests in a file."""
        return self._files.setdefault(file, FileResults())

    @property
    def failing(self) -> list[str]:
        """The tests that failed when they last ran, with their files."""
        return [
            f"{file}::{test}" if test else str(file)
            for file, known in [*self._files.items()]
            for test in [*known.failures]
        ]

    def finished(self, params: Mapping[str, Any], texts: Mapping[Path, str]) -> TestResult:
        """Record the result of a test, from the worker's notification and the texts that ran."""
        result = TestResult(
            Path(text(params["file"])),
            text(params["id"]),
            TestOutcome(params["outcome"]),
            float(params["seconds"]),
            text(params["output"]),
        )
        known = self.of(result.file)
        known.results[result.id] = result
        known.failures.pop(result.id, None)
        if result.outcome in (TestOutcome.FAILED, TestOutcome.ERROR):
            known.failures[result.id] = Failure.of(params, texts)
        return result

    def unreadable(self, params: Mapping[str, Any], texts: Mapping[Path, str]) -> Path:
        """Record a file that cannot be collected, from the worker's notification."""
        failure = Failure.of(params, texts)
        self.of(failure.file).failures[""] = failure
        return failure.file

    def end(self, wanted: Sequence[str], seen: Mapping[Path, set[str]]) -> set[Path]:
        """Drop the results of tests that a run did not find again; return the files of the run."""
        parts = [each.partition("::") for each in wanted]
        files = [(Path(path), within) for path, _, within in parts]
        touched = set(seen)
        for file in {*seen, *self._files}:
            ids = [within for path, within in files if file.is_relative_to(path)]
            found = seen.get(file, set())
            if found and "" not in found:  # this time it was collected
                self.of(file).failures.pop("", None)
            if ids:
                touched.add(file)
                self.of(file).drop(ids, found)
        return touched


class RunResults:
    """Handles the worker's reports in one run.

    Args:
        known: The known results of the project's tests.
        texts: The texts of the open files, which run in place of the files on disk.
        on_result: Called with each result.
        show: Called with the files that have new results to show.
    """

    def __init__(
        self,
        known: KnownResults,
        texts: Mapping[Path, str],
        on_result: Callable[[TestResult], None],
        show: Callable[[set[Path]], None],
    ) -> None:
        self.results: list[TestResult] = []
        self.unreadable: list[Path] = []
        self.seen: defaultdict[Path, set[str]] = defaultdict(set)
        self.texts = texts
        self._known = known
        self._on_result = on_result
        self._show = show
        self._running: Mapping[str, Any] | None = None
        self._to_show: set[Path] = set()
        self._shown_at = 0.0
        self.ran = NOTHING
        self.covered: Mapping[str, Any] = {}
        self.nothing_ran = ""

    def handle(self, method: str, params: Mapping[str, Any]) -> None:
        """Handle a notification from the worker."""
        if method == "started":
            self._running = params
        elif method == "finished":
            self._running = None
            self._ended(self._known.finished(params, self.texts))
        elif method == "ran":
            self.ran = params
        elif method == "covered":
            self.covered = params
        elif method == "counted":
            self._counted(params)
        elif method == "unreadable":
            file = self._known.unreadable(params, self.texts)
            self.unreadable.append(file)
            self.seen[file].add("")
            self._to_show.add(file)

    def _counted(self, params: Mapping[str, Any]) -> None:
        """Note if no test ran although there are some."""
        counts = {"deselected": number(params["deselected"]), "skipped": len(self.results)}
        why = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
        self.nothing_ran = f"no tests ran ({why})" if why and not params["ran"] else ""

    @property
    def tests(self) -> list[str]:
        """The tests that have ended, each with its file."""
        return [f"{file}::{test}" for file, tests in self.seen.items() for test in tests if test]

    def crashed(self, message: str) -> None:
        """Report the test that was running as the cause of a crash."""
        if self._running is not None:
            fault = {"outcome": TestOutcome.ERROR, "message": message}
            self._ended(self._known.finished({**self._running, **fault}, self.texts))

    def _ended(self, result: TestResult) -> None:
        self.results.append(result)
        self.seen[result.file].add(result.id)
        self._on_result(result)
        self._to_show.add(result.file)
        now = asyncio.get_running_loop().time()
        if now - self._shown_at >= SHOW_EVERY_S:
            self._shown_at = now
            shown, self._to_show = self._to_show, set()
            self._show(shown)
