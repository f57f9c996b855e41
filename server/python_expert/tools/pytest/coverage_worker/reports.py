"""Reports of coverage.py, made with the project's settings."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTINGS = {
    "run:relative_files": False,
    "run:parallel": False,
    "report:contexts": None,
    "json:show_contexts": False,
}
"""Settings of the project that are only for its own runs and reports, with replacement values."""


def answer_to(request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a request; see the package's docstring."""
    coverage = importlib.import_module("coverage")
    options = request["options"]
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scratch = Path(folder)
        own = coverage.Coverage(
            data_file=str(scratch / ".coverage"),
            config_file=options.get("config") or True,
            messages=False,
        )
        if request.get("files") is None:
            _copy_data(own, coverage, scratch)
        else:
            _fill(coverage, str(scratch / ".coverage"), request)
        for name, value in SETTINGS.items():
            with contextlib.suppress(Exception):  # older versions do not know all of them
                own.set_option(name, value)
        own.load()
        files = _report(own, coverage, scratch / "report.json")
        under, precision = options.get("fail_under"), options.get("precision")
        if precision is None:
            precision = own.get_option("report:precision")
        return {
            "files": files,
            "fail_under": float(own.get_option("report:fail_under") if under is None else under),
            "precision": int(precision or 0),
        }


def _report(own: Any, coverage: Any, out: Path) -> dict[str, Any]:  # noqa: ANN401 - coverage.py need not be there
    try:
        own.json_report(outfile=str(out), ignore_errors=True)
    except coverage.exceptions.NoDataError:
        return {}
    report = json.loads(out.read_text(encoding="utf-8"))
    found = {}
    for name, each in report["files"].items():
        summary = each["summary"]
        found[os.path.realpath(name)] = {
            "missing": each["missing_lines"],
            "executed": each["executed_lines"],
            "jumps": each.get("missing_branches", []),
            "statements": summary["num_statements"],
            "branches": summary.get("num_branches", 0),
            "missing_branches": summary.get("missing_branches", 0),
        }
    return found


def _copy_data(own: Any, coverage: Any, scratch: Path) -> None:  # noqa: ANN401
    """Copy and combine the data of the project's runs, so that the original is not changed.

    Raises:
        FileNotFoundError: There is no data.
    """
    configured = coverage.Coverage(config_file=True, messages=False).get_option("run:data_file")
    source = Path(configured).resolve()
    if source.exists():
        shutil.copyfile(source, scratch / ".coverage")
        return
    parallel = [each for each in source.parent.glob(f"{source.name}.*") if each.is_file()]
    if not parallel:
        raise FileNotFoundError(f"{source} does not exist")
    folder = scratch / "parallel"
    folder.mkdir()
    for each in parallel:
        shutil.copy(each, folder)
    own.combine([str(folder)], keep=True)


def _fill(coverage: Any, path: str, request: Mapping[str, Any]) -> None:  # noqa: ANN401
    """Create a data file from the executed steps, and make coverage.py read the texts."""
    data = coverage.CoverageData(basename=path)
    steps = {
        file: [tuple(each) for each in given["ran"]] for file, given in request["files"].items()
    }
    if request["branch"]:
        data.add_arcs(steps)
    else:
        data.add_lines(
            {
                file: {line for step in each for line in step if line > 0}
                for file, each in steps.items()
            }
        )
    data.touch_files(request["files"])
    data.write()
    data.close()
    texts = {
        file: given["text"] for file, given in request["files"].items() if given["text"] is not None
    }
    python = importlib.import_module("coverage.python")
    read = python.get_python_source

    def get_python_source(filename: str) -> str:
        text: str | None = texts.get(os.path.realpath(filename))
        return read(filename) if text is None else text

    python.get_python_source = get_python_source  # type: ignore[attr-defined] # coverage.py has no other way
