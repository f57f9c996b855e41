"""Shows failures of tests in open and closed files, and marks those that may be outdated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.diagnostics.finding import ON_DISK, Report
from python_expert.text.decoding import readable
from python_expert.text.document import Document
from python_expert.text.paths import to_uri
from python_expert.tools.pytest.affected import file_of_test, without_parameters
from python_expert.tools.pytest.coverage_findings import uncovered
from python_expert.tools.pytest.findings import file_of, report
from python_expert.tools.pytest.spec import PYTEST

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from python_expert.tools.pytest.affected import Affected
    from python_expert.tools.pytest.coverage import ProjectCoverage
    from python_expert.tools.pytest.results import KnownResults, RunResults
    from python_expert.tools.tests import TestResult


COVERAGE = "#coverage"
"""The key of a file's coverage among the ids of outdated results."""


class OpenFiles:
    """The open files, and the reports on them and on closed files with failed tests.

    Args:
        root: The project's folder.
        results: The known results of its tests.
        affected: The code that the tests ran.
        coverage: The known coverage.
        on_reports: Called with new reports.

    Attributes:
        session: The run in progress.
    """

    def __init__(
        self,
        root: Path,
        results: KnownResults,
        affected: Affected,
        coverage: ProjectCoverage,
        on_reports: Callable[[Sequence[Report]], None],
    ) -> None:
        self.session: RunResults | None = None
        self._root = root
        self._results = results
        self._affected = affected
        self._coverage = coverage
        self._on_reports = on_reports
        self._documents: dict[Path, Document] = {}
        self._closed: set[Path] = set()  # files that are not open and have a report
        self._shown_stale: dict[Path, set[str]] = {}

    def take(self, documents: Iterable[Document]) -> dict[Path, str]:
        """Record the documents of the next run; return their texts."""
        running = {path: each for each in documents if (path := file_of(each))}
        for path, document in running.items():
            known = self._documents.get(path)
            if known is None or known.version < document.version:
                self._open(path, document)
        return {path: each.text for path, each in running.items()}

    def edited(self, document: Document) -> None:
        """Show the failures that an edit may affect."""
        if (
            not self._documents and not self._closed and not self._coverage.reads_existing
        ):  # the usual case, in which looking at the disk at each keystroke is unnecessary
            return
        if path := file_of(document):
            self._open(path, document)
            self.show_stale()

    def _open(self, path: Path, document: Document) -> None:
        """Add an opened document, and show the failures that occurred while it was closed."""
        self._documents[path] = document
        if path in self._closed:
            self._closed.discard(path)
            self.show([path])

    def has(self, uri: str) -> bool:
        """Return whether a document is registered as open."""
        return any(each.uri == uri for each in self._documents.values())

    def forget(self, uri: str) -> None:
        """Drop a closed document; its results are kept, and its failures are still shown."""
        for path in [path for path, each in self._documents.items() if each.uri == uri]:
            del self._documents[path]
            self._shown_stale.pop(path, None)
            self.show([path])

    def show(self, files: Iterable[Path]) -> None:
        """Report the failures in some files."""
        documents = [self._documents.get(each) or self._on_disk(each) for each in files]
        reports = [self.report(each) for each in documents if each is not None]
        if reports:
            self._on_reports(reports)

    def _on_disk(self, file: Path) -> Document | None:
        """Return a closed file, if findings are to be shown in it or removed from it."""
        failures = self._results.of(file).failures
        if not failures:
            if file not in self._closed:
                return None
            self._closed.discard(file)
            return Document.of(to_uri(file), ON_DISK, "")
        self._closed.add(file)
        try:
            text = readable(file.read_bytes())
        except OSError:
            text = ""
        for id_, failure in failures.items():
            if failure.ran is None:  # it must be found in later texts as well
                failures[id_] = failure._replace(ran=text)
        return Document.of(to_uri(file), ON_DISK, text)

    def clear_closed(self) -> None:
        """Remove the findings in files that are not open."""
        closed, self._closed = self._closed, set()
        if closed:
            self._on_reports([Report(PYTEST, to_uri(each), ON_DISK, ()) for each in closed])

    def show_stale(self) -> None:
        """Report the files in which the set of outdated failures has changed."""
        stale = {file: self._stale(file) for file in (*self._documents, *self._closed)}
        self.show(file for file in stale if stale[file] != self._known_stale(file))

    def report(self, document: Document) -> Report:
        """Create the report on a document's failures."""
        path = file_of(document)
        if path is None:
            return report(document, (), (), self._root)
        stale = self._shown_stale[path] = self._stale(path)
        failed = report(document, self._results.of(path).failures.values(), stale, self._root)
        if document.version == ON_DISK:
            return failed
        known = self._coverage.of(path, document.text)
        if known is None or self.is_cut_short(path):
            return failed
        hints = uncovered(document, known[0], stale=COVERAGE in stale)
        return failed._replace(findings=(*failed.findings, *hints))

    def is_cut_short(self, file: Path) -> bool:
        """Return whether a test that runs code of a file fails, so its coverage is incomplete."""
        return self._affected.ran_in(self._results.failing, file)

    def show_all(self) -> None:
        """Report all open files."""
        self.show([*self._documents])

    def is_coverage_stale(self, file: Path | None = None) -> bool:
        """Return whether the current texts may change the coverage of a file or of the project."""
        texts = self._texts
        if not self._coverage.is_complete:
            return True
        if file is not None and file in texts and not self._coverage.tests:
            known = self._coverage.of(file, texts[file])
            return known is not None and known[1]
        return self._affected.may_any_differ(self._coverage.tests, texts)

    @property
    def _texts(self) -> Mapping[Path, str]:
        return {path: each.text for path, each in self._documents.items()}

    def _known_stale(self, file: Path) -> set[str] | None:
        """Return the outdated ids in a file's last report; None if a covered file has no report."""
        return self._shown_stale.get(file, None if file in self._coverage.files else set())

    def results_of(self, tests: Collection[str]) -> Mapping[str, Sequence[TestResult]]:
        """Return the last results of tests, by their names without parameters."""
        found: dict[str, list[TestResult]] = {test: [] for test in tests}
        for file in {file_of_test(test) for test in tests}:
            for result in [*self._results.of(file).results.values()]:
                name = _name(file, result.id)
                if name in found:
                    found[name].append(result)
        return {test: self.with_staleness(results) for test, results in found.items()}

    def with_staleness(self, results: Iterable[TestResult]) -> tuple[TestResult, ...]:
        """Return results with the mark whether the current texts may affect them."""
        is_stale = self._staleness()
        return tuple(
            each._replace(stale=True) if is_stale(each.file, each.id) else each
            for each in [*results]
        )

    def _stale(self, file: Path) -> set[str]:
        """Return the ids of a file's results that the current texts may affect."""
        covered = file in self._coverage.files and self.is_coverage_stale(file)
        stale = {COVERAGE} if covered else set()
        failures = self._results.of(file).failures
        if not failures:
            return stale
        is_stale = self._staleness()
        return stale | {id_ for id_ in failures if is_stale(file, id_)}

    def _staleness(self) -> Callable[[Path, str], bool]:
        """Return a function that decides if the current texts may affect a test's last result."""
        texts = self._texts
        session = self.session
        running = session.texts if session else {}
        is_outdated = any(texts.get(path, text) != text for path, text in running.items())

        def is_stale(file: Path, id_: str) -> bool:
            if session and id_ in session.seen.get(file, ()):
                return is_outdated
            return self._affected.may_differ(_name(file, id_), texts)

        return is_stale


def _name(file: Path, id_: str) -> str:
    """Return the name of a test, or of a file that could not be collected, for `Affected`."""
    return without_parameters(f"{file}::{id_}") if id_ else str(file)
