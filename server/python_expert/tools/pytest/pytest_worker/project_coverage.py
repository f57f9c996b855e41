"""The coverage of a run, for the files that the project's own settings of coverage.py include."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from .measured import steps_by_test

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

UNWANTED = {
    "run:disable_warnings": ["no-data-collected", "no-ctracer", "already-imported"],
    "run:patch": [],
    "run:parallel": False,
    "run:sigterm": False,
}
"""Settings of the project that are only for its own runs, with replacement values."""


class CoverageOptions:
    """A plugin that reads the options of pytest-cov, which is disabled in our runs.

    Attributes:
        options: The options {source, config, branch, fail_under, precision} of pytest-cov.
        stopped: Whether the run ended before all tests had run, for example by ``--exitfirst``.
    """

    def __init__(self) -> None:
        self.options: dict[str, Any] = {}
        self.stopped = False

    def pytest_sessionfinish(self, session: Any) -> None:  # noqa: ANN401 - pytest's classes are not all public
        """Record at the end of the run whether it ended early."""
        self.stopped = bool(session.shouldfail or session.shouldstop)

    def pytest_configure(self, config: Any) -> None:  # noqa: ANN401
        """Read the options."""
        given = config.option
        named = getattr(given, "cov_source", None) or []
        file = getattr(given, "cov_config", None)
        self.options = {
            # ``--cov`` without a value means the sources in the settings.
            "source": [each for each in named if isinstance(each, str)],
            "config": str(Path(file).resolve()) if file and file != ".coveragerc" else None,
            "branch": bool(getattr(given, "cov_branch", None)),
            "fail_under": getattr(given, "cov_fail_under", None),
            "precision": getattr(given, "cov_precision", None),
        }


@contextlib.contextmanager
def c_tracer() -> Iterator[None]:
    """Make coverage.py use its C tracer: its core on sys.monitoring records no contexts."""
    before = os.environ.get("COVERAGE_CORE")
    os.environ["COVERAGE_CORE"] = "ctrace"
    try:
        yield
    finally:
        if before is None:
            del os.environ["COVERAGE_CORE"]
        else:
            os.environ["COVERAGE_CORE"] = before


def covered(data_file: str, noted: CoverageOptions) -> dict[str, Any]:
    """Return the coverage of a run, as the parameters of the notification ``covered``.

    Args:
        data_file: coverage.py's data of the run.
        noted: The options of pytest-cov in the run.
    """
    options = noted.options
    try:
        own = _project_settings(options)
        arcs, ran = steps_by_test(data_file)
        modules = _module_names()
        wanted = [file for file in arcs if _measures(own, file, modules.get(file))]
        unexecuted = [file for file, _ in own._inorout.find_possibly_unexecuted_files()]  # noqa: SLF001 - there is no public function
        kept = set(wanted)
    except Exception as error:  # noqa: BLE001 - the results of the tests stay valid
        return {"fault": f"{type(error).__name__}: {error}"}
    return {
        "arcs": {file: arcs[file] for file in wanted},
        "ran": {
            test: {file: bits for file, bits in files.items() if file in kept}
            for test, files in ran.items()
        },
        "files": sorted({os.path.realpath(file) for file in (*wanted, *unexecuted)}),
        "stopped": noted.stopped,
        "branch": bool(own.get_option("run:branch")),
        "options": {key: options.get(key) for key in ("config", "fail_under", "precision")},
    }


def _project_settings(options: Mapping[str, Any]) -> Any:  # noqa: ANN401 - coverage.py may be missing
    """Return a measurement with the project's settings, stopped before it has recorded anything."""
    coverage = importlib.import_module("coverage")
    own = coverage.Coverage(
        data_file=None,
        config_file=options.get("config") or True,
        source=options.get("source") or None,
        branch=options.get("branch") or None,
        messages=False,
    )
    for name, value in UNWANTED.items():
        with contextlib.suppress(Exception):  # older versions lack some of them
            own.set_option(name, value)
    with warnings.catch_warnings(), c_tracer():
        warnings.simplefilter("ignore")
        own.start()
        own.stop()
    return own


def _measures(own: Any, file: str, module: str | None) -> bool:  # noqa: ANN401
    """Return whether the project's settings measure a file."""
    frame = SimpleNamespace(f_globals={"__name__": module})
    return bool(own._inorout.should_trace(file, frame).trace)  # noqa: SLF001


def _module_names() -> dict[str, str]:
    found = {}
    for name, module in [*sys.modules.items()]:
        file = getattr(module, "__file__", None)
        if isinstance(file, str):
            found[os.path.realpath(file)] = name
    return found
