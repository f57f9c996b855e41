"""The known coverage of a project."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_expert.analysis.error_recovery import BrokenError, parse
from python_expert.processes.command import ToolError
from python_expert.text.decoding import decode
from python_expert.tools.coverage import CoverageTotal
from python_expert.tools.pytest import coverage_config
from python_expert.tools.pytest.affected import file_of_test, without_parameters
from python_expert.tools.pytest.coverage_report import (
    CoverageRequest,
    FileCoverage,
    ask,
    file_coverage,
    percent,
)
from python_expert.tools.pytest.coverage_xml import read_xml
from python_expert.tools.pytest.covered_steps import CoveredSteps, moved_lines
from python_expert.tools.pytest.findings import real_path
from python_expert.tools.pytest.index import ids_in
from python_expert.tools.pytest.spec import WhichCoverage
from python_expert.tools.pytest.test_files import test_files

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from python_expert.tools.pytest.conventions import Conventions
    from python_expert.tools.pytest.coverage_config import CoverageConfig


class ProjectCoverage:
    """The known coverage of a project.

    It combines the last runs of all tests. It is known once each test file has run as a whole, or
    each test in it: a run of one test does not show which code no test runs.

    Args:
        python: The project's interpreter.
        root: The project's folder.
        which: The coverage to show.
        config: Pytest's configuration file.
        conventions: The project's naming conventions for tests.

    Attributes:
        total: The coverage of the project, if it is known.
        fault: The reason why the coverage of the last run is unknown, or empty.
        tests: The tests that it is based on, without parameters; empty if it was read from a file.
        is_complete: Whether all test files have run.
    """

    def __init__(
        self,
        python: Path,
        root: Path,
        which: WhichCoverage,
        config: Path | None,
        conventions: Conventions,
    ) -> None:
        self.total: CoverageTotal | None = None
        self.fault = ""
        self.tests: frozenset[str] = frozenset()
        self.is_complete = True
        self._python, self._root, self._which = python, root, which
        self._pytest_config, self._conventions = config, conventions
        self._config: CoverageConfig | None = None
        self._steps = CoveredSteps()
        self._files: set[Path] = set()
        self._branch = False
        self._options: Mapping[str, Any] = {}
        self._whole: set[Path] = set()
        self._ended: set[str] = set()
        self._shown: dict[Path, FileCoverage] = {}
        self._asked: dict[Path, object] = {}
        self._known_at = 0.0
        self._fail_under, self._precision = 0.0, 0

    async def is_wanted(self) -> bool:
        """Return whether a run is to measure coverage."""
        if self._which is WhichCoverage.OFF:
            return False
        find = coverage_config.find
        self._config = await asyncio.to_thread(find, self._root, self._pytest_config)
        return self._which is WhichCoverage.ON or self._config is not None

    @property
    def files(self) -> Collection[Path]:
        """The files whose coverage is known."""
        return self._shown.keys()

    @property
    def reads_existing(self) -> bool:
        """Whether to use the coverage data that the project's own runs have left."""
        return self._which is WhichCoverage.ON

    def of(self, file: Path, text: str) -> tuple[FileCoverage, bool] | None:
        """Return the coverage of a file, and whether its text has changed since then."""
        known = self._shown.get(file)
        if known is None or known.text == text:
            return known and (known, False)
        moved = moved_lines(known.text, text)
        missing, executed = (
            tuple(moved[line] for line in lines if line in moved)
            for lines in (known.missing, known.executed)
        )
        jumps = tuple(
            (moved[start], moved.get(end, end))
            for start, end in known.jumps
            if start in moved and (end < 0 or end in moved)
        )
        return known._replace(text=text, missing=missing, executed=executed, jumps=jumps), True

    async def learn(
        self,
        wanted: Sequence[str],
        covered: Mapping[str, Any],
        texts: Mapping[Path, str],
        unreadable: Collection[Path],
        ended: Collection[str],
    ) -> None:
        """Record the coverage of a run.

        Args:
            wanted: The requested tests; empty if the run was aborted; see `RunsTests.run_tests`.
            covered: The worker's notification; empty if the worker ended before it sent one.
            texts: The texts of the open files, which ran in place of the files on disk.
            unreadable: The test files that could not be collected.
            ended: The tests that have ended.
        """
        self.fault = str(covered.get("fault", ""))
        if not covered or self.fault:
            self._whole.clear()
            self._ended.clear()
            return
        self._ended |= set(map(without_parameters, ended))
        await asyncio.to_thread(self._learn, wanted, covered, texts, unreadable)

    def forget(self, tests: Collection[str]) -> None:
        """Forget the coverage of some tests, because their run was aborted."""
        self._ended.difference_update(map(without_parameters, tests))
        self._whole.difference_update(map(file_of_test, tests))
        self.is_complete = self.is_complete and not tests

    def _learn(
        self,
        wanted: Sequence[str],
        covered: Mapping[str, Any],
        texts: Mapping[Path, str],
        unreadable: Collection[Path],
    ) -> None:
        self._files |= {Path(file) for file in covered["files"]}
        ran = {file: texts[file] if file in texts else _on_disk(file) for file in self._files}
        self._files = {file for file, text in ran.items() if text is not None}
        self._steps.learn(covered, {file: text for file, text in ran.items() if text is not None})
        self._branch, self._options = covered["branch"], covered["options"]
        stopped = covered["stopped"]
        whole = [Path(each) for each in wanted if "::" not in each and not stopped]
        self._whole = {each for each in self._whole if each.exists()}.difference(unreadable)
        self._whole |= {
            each
            for each in self._parts()
            if each not in unreadable and any(each.is_relative_to(given) for given in whole)
        }
        apart = {file_of_test(each) for each in self._ended}.difference(self._whole, unreadable)
        self._whole |= {each for each in apart if self._has_run(each, texts.get(each))}
        self._steps.drop(
            test
            for test in self._steps.tests().difference(covered["ran"])
            if any(Path(test.partition("::")[0]).is_relative_to(given) for given in whole)
        )

    async def report(self, texts: Mapping[Path, str]) -> bool:
        """Compute the current coverage of the files, if it is known; return whether it is.

        Args:
            texts: The texts of the open files; a text that no test has run with has only changes
                that affect no test.

        Raises:
            ToolError: coverage.py failed.
        """
        self.is_complete = await asyncio.to_thread(self._have_all_run)
        if not self.is_complete:
            return False
        request = await asyncio.to_thread(self._request, texts)
        if request.files:
            report = await ask(self._python, self._root, request)
            self._fail_under, self._precision = report.fail_under, report.precision
            for file in request.files:
                said, text = report.files.get(file), self._steps.text(file)
                self._shown.pop(file, None)
                if said is not None and text is not None:
                    self._shown[file] = file_coverage(text, said)
        self._known_at = time.time()
        self.tests = frozenset(map(without_parameters, self._steps.tests()))
        self._add_up()
        return True

    def _has_run(self, file: Path, text: str | None) -> bool:
        """Return whether the tests in a file have run, one by one."""
        try:
            tree = parse(text if text is not None else _on_disk(file) or "")
        except BrokenError:
            return False
        tests = {f"{file}::{each}" for each in ids_in(tree, self._conventions)}
        return bool(tests) and tests <= self._ended

    def _have_all_run(self) -> bool:
        parts = self._parts()
        return bool(parts) and self._whole.issuperset(parts)

    def _parts(self) -> list[Path]:
        """Return what must have run: the test files; the project, too, if it may have doctests."""
        top = [real_path(self._root)] if self._conventions.doctests else []
        return [*top, *test_files(self._root, self._conventions)]

    def _request(self, texts: Mapping[Path, str]) -> CoverageRequest:
        """Create the request for coverage.py, about each file with new data."""
        asked: dict[Path, object] = {}
        files = {}
        for file in self._files:
            if file in texts:
                self._steps.move(file, texts[file])
            steps = self._steps.of(file)
            asked[file] = (self._steps.text(file), steps, self._branch, self._options)
            if self._asked.get(file) != asked[file]:
                files[file] = (steps, texts.get(file))
        for gone in self._asked.keys() - asked.keys():
            self._shown.pop(gone, None)
        self._asked = asked
        return CoverageRequest(files, self._branch, self._options)

    async def read_existing(self) -> bool:
        """Read the data that the project's own runs have left; return whether there was any.

        Data older than the known coverage is not read.

        Raises:
            ToolError: It cannot be read.
        """
        if not self.reads_existing:
            return False
        newest = await asyncio.to_thread(self._newest_data)
        if newest is None or newest[0] <= self._known_at:
            return False
        self._known_at, path = newest
        self._asked, self.tests, self.is_complete = {}, frozenset(), True
        if path.suffix == ".xml":
            self._shown = await asyncio.to_thread(self._with_texts, read_xml(path, self._root))
            self._fail_under = 0.0
        else:
            try:
                report = await ask(self._python, self._root, None)
            except ToolError as error:
                raise ToolError(f"{path} cannot be read", f": {error}") from error
            said = {file: file_coverage("", each) for file, each in report.files.items()}
            self._shown = await asyncio.to_thread(self._with_texts, said)
            self._fail_under, self._precision = report.fail_under, report.precision
        self._add_up()
        return True

    def _newest_data(self) -> tuple[float, Path] | None:
        """Return the time and the path of the newest coverage data."""
        found = []
        for name in (coverage_config.data_file(self._config), "coverage.xml"):
            path = self._root / name
            parallel = path.parent.glob(f"{path.name}.*") if path.suffix != ".xml" else ()
            for each in (path, *([] if path.exists() else parallel)):
                try:
                    found.append((each.stat().st_mtime, each))
                except OSError:
                    continue
        return max(found, default=None)

    def _with_texts(self, files: Mapping[Path, FileCoverage]) -> dict[Path, FileCoverage]:
        """Return the coverage of files with their texts; omit files that have changed since."""
        found = {}
        for file, known in files.items():
            text = _on_disk(file)
            if text is not None and file.stat().st_mtime <= self._known_at:
                found[file] = known._replace(text=text)
        return found

    def _add_up(self) -> None:
        files = {file: percent([each]) for file, each in self._shown.items()}
        whole = percent(self._shown.values())
        known = self._fail_under, self._precision, self._config
        self.total = CoverageTotal(files, whole, *known) if files else None


def _on_disk(file: Path) -> str | None:
    try:
        return decode(file.read_bytes())
    except (OSError, ValueError):
        return None
