"""Measures the lines that each test runs, with coverage.py if the project has it."""

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
        root: The folder whose files are measured, except files of installed packages in it.
    """

    def __init__(self, root: str) -> None:
        self._root = os.path.realpath(root)
        self._coverage: Any = None
        self._data_file = ""
        self._is_interrupted = False

    def start(self, data_file: str, *, covered: bool) -> None:
        """Start to measure if coverage.py is installed, without the project's report settings.

        Args:
            data_file: The path for coverage.py's data.
            covered: Whether coverage is requested as well.
        """
        try:
            coverage = importlib.import_module("coverage")  # the project may lack it
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
        except Exception:  # noqa: BLE001 - the tests run anyway
            return
        self._coverage, self._data_file = measured, data_file

    def test(self, name: str) -> None:
        """Record that a test begins or, with an empty name, that it has ended."""
        if self._coverage is not None:
            self._coverage.switch_context(name)

    def stop(self) -> dict[str, dict[str, list[int]]]:
        """Stop measuring; return the 0-based lines that each test ran, by file."""
        if self._coverage is None:
            return {}
        # A test or a conftest may have started another measurement and left it running; the lines
        # that ran since then are unknown.
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
        """Return the coverage of the run after its end; see `project_coverage.covered`."""
        if self._coverage is None:
            return {"fault": f"coverage.py is not installed in {sys.prefix}"}
        if self._is_interrupted:
            return {"fault": "the project's tests start coverage.py themselves"}
        return covered(self._data_file, noted)
