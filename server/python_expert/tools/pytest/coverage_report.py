"""Coverage.py's reports on files, with the project's own settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.processes.command import Command, ToolError, run, worker_command
from python_expert.tools.answers import reading

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

WORKER = "python_expert.tools.pytest.coverage_worker"

DEADLINE_S = 60.0
"""The deadline of one report in seconds; coverage.py takes about one second for 50 files."""

NEVER = -1
"""The target of a jump that leaves the function."""

Step = tuple[int, int]
"""A step from a line to a line, 1-based as in coverage.py; negative at the start or end of code."""


class FileCoverage(NamedTuple):
    """The coverage of a file.

    Attributes:
        text: The text to which the lines belong.
        missing: The statements that no test runs, by their 0-based lines.
        executed: The statements that a test runs, by their 0-based lines.
        jumps: The branches that no test takes, from a 0-based line to a 0-based line, or out of the
            function.
        statements: The number of statements.
        branches: The number of branches, if branches count.
        missing_branches: The number of branches that no test takes.
    """

    text: str
    missing: tuple[int, ...]
    executed: tuple[int, ...]
    jumps: tuple[Step, ...] = ()
    statements: int = 0
    branches: int = 0
    missing_branches: int = 0


class CoverageRequest(NamedTuple):
    """A request for a coverage report.

    Attributes:
        files: The executed steps of each file, with its text if the text that ran is not the one on
            disk.
        branch: Whether branches count.
        options: The configuration of pytest-cov; see the worker.
    """

    files: Mapping[Path, tuple[Collection[Step], str | None]]
    branch: bool
    options: Mapping[str, Any]


class CoverageReport(NamedTuple):
    """A report of coverage.py.

    Attributes:
        files: The data of each file, in the worker's format; see `file_coverage`.
        fail_under: The percentage that the project requires, or 0.
        precision: The number of decimal places that count.
    """

    files: Mapping[Path, Mapping[str, Any]]
    fail_under: float = 0.0
    precision: int = 0


async def ask(python: Path, root: Path, request: CoverageRequest | None) -> CoverageReport:
    """Request a report from coverage.py.

    Args:
        python: The project's interpreter.
        root: The project's folder.
        request: The files to report on; None for the data of the project's own runs.

    Raises:
        ToolError: coverage.py returned no report.
    """
    words: dict[str, Any] = {"options": {}}
    if request is not None:
        files = {
            str(file): {"ran": sorted(ran), "text": text}
            for file, (ran, text) in request.files.items()
        }
        words = {"files": files, "branch": request.branch, "options": dict(request.options)}
    command = Command(worker_command(python, WORKER), root, {"PYTHONDONTWRITEBYTECODE": "1"})
    _, out, err = await run(command, stdin=json.dumps(words).encode(), deadline_s=DEADLINE_S)
    with reading("coverage.py", out, err):
        answer = json.loads(out)
        if "fault" in answer:
            raise ToolError(answer["fault"])
        found = {Path(file): each for file, each in answer["files"].items()}
        return CoverageReport(found, float(answer["fail_under"]), int(answer["precision"]))


def file_coverage(text: str, counts: Mapping[str, Any]) -> FileCoverage:
    """Return the coverage of a file, from coverage.py's data."""
    jumps = ((start - 1, end - 1 if end > 0 else NEVER) for start, end in counts["jumps"])
    return FileCoverage(
        text,
        tuple(line - 1 for line in counts["missing"]),
        tuple(line - 1 for line in counts["executed"]),
        tuple(jumps),
        counts["statements"],
        counts["branches"],
        counts["missing_branches"],
    )


def percent(files: Iterable[FileCoverage]) -> float:
    """Return the covered percentage of some files, as coverage.py computes it; 100 without code."""
    total = done = 0
    for each in files:
        total += each.statements + each.branches
        done += each.statements - len(each.missing) + each.branches - each.missing_branches
    return 100.0 * done / total if total else 100.0
