"""Which lines each test runs, by coverage.py if the project has it."""

from __future__ import annotations

import importlib
import os
from typing import Any


class Measuring:
    """Measures a run, test by test.

    Args:
        root: The folder whose files are measured, but for those of installed packages in it.
    """

    def __init__(self, root: str) -> None:
        self._root = os.path.realpath(root)
        self._coverage: Any = None

    def start(self) -> None:
        """Begin, if there is coverage.py; the project's settings for it are for its reports."""
        # The core that is built on sys.monitoring records no contexts.
        before = os.environ.get("COVERAGE_CORE")
        os.environ["COVERAGE_CORE"] = "ctrace"
        try:
            coverage = importlib.import_module("coverage")  # a project need not have it
            measured = coverage.Coverage(
                data_file=None,
                config_file=False,
                source=[self._root],
                omit=["*/site-packages/*", "*/dist-packages/*"],
                messages=False,
            )
            measured.set_option("run:disable_warnings", ["no-data-collected", "no-ctracer"])
            measured.start()
        except Exception:  # noqa: BLE001 - the tests run all the same
            return
        finally:
            if before is None:
                del os.environ["COVERAGE_CORE"]
            else:
                os.environ["COVERAGE_CORE"] = before
        self._coverage = measured

    def test(self, name: str) -> None:
        """A test begins, or (with an empty name) has ended."""
        if self._coverage is not None:
            self._coverage.switch_context(name)

    def stop(self) -> dict[str, dict[str, list[int]]]:
        """End it; returns for each test the lines that it ran, by file, 0-based."""
        if self._coverage is None:
            return {}
        self._coverage.stop()
        data = self._coverage.get_data()
        ran: dict[str, dict[str, list[int]]] = {}
        for file in data.measured_files():
            path = os.path.realpath(file)
            for line, tests in data.contexts_by_lineno(file).items():
                for test in filter(None, tests):
                    ran.setdefault(test, {}).setdefault(path, []).append(line - 1)
        return ran
