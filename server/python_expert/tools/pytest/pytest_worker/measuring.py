"""Which lines each test runs, by coverage.py if the project has it."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

from .measured import lines_by_test
from .project_coverage import c_tracer, covered

if TYPE_CHECKING:
    from .project_coverage import CoverageOptions


class Measuring:
    """Measures a run, test by test.

    Args:
        root: The folder whose files are measured, but for those of installed packages in it.
    """

    def __init__(self, root: str) -> None:
        self._root = os.path.realpath(root)
        self._coverage: Any = None
        self._data_file = ""
        self._is_interrupted = False

    def start(self, data_file: str, *, covered: bool) -> None:
        """Begin, if there is coverage.py; the project's settings for it are for its reports.

        Args:
            data_file: Where coverage.py may put what it measures.
            covered: Whether the coverage is wanted, too.
        """
        try:
            coverage = importlib.import_module("coverage")  # a project need not have it
            measured = coverage.Coverage(
                data_file=data_file,
                config_file=False,
                branch=covered,
                source=[self._root],
                omit=["*/site-packages/*", "*/dist-packages/*"],
                messages=False,
            )
            measured.set_option("run:disable_warnings", ["no-data-collected", "no-ctracer"])
            with c_tracer():
                measured.start()
        except Exception:  # noqa: BLE001 - the tests run all the same
            return
        self._coverage, self._data_file = measured, data_file

    def test(self, name: str) -> None:
        """A test begins, or (with an empty name) has ended."""
        if self._coverage is not None:
            self._coverage.switch_context(name)

    def stop(self) -> dict[str, dict[str, list[int]]]:
        """End it; returns for each test the lines that it ran, by file, 0-based."""
        if self._coverage is None:
            return {}
        # A test, or a conftest, may have started one of its own and left it running: what ran since
        # is not known then.
        while (running := type(self._coverage).current()) is not self._coverage:
            self._is_interrupted = True
            running.stop()
        self._coverage.stop()
        if self._is_interrupted:
            return {}
        self._coverage.save()
        self._coverage.get_data().close()
        return lines_by_test(self._data_file)

    def covered(self, noted: CoverageOptions) -> dict[str, Any]:
        """What the run has covered, once it has ended; see `project_coverage.covered`."""
        if self._coverage is None:
            return {"fault": f"coverage.py is not installed in {sys.prefix}"}
        if self._is_interrupted:
            return {"fault": "the project's tests start coverage.py themselves"}
        return covered(self._data_file, noted)
