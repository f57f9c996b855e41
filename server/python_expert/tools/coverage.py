"""The test coverage that a test runner reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from python_expert.diagnostics.finding import ToolName
    from python_expert.text.document import Document

FULL = 100.0
"""The percentage of complete coverage."""


class FileShare(NamedTuple):
    """The coverage of a file.

    Attributes:
        percent: The covered percentage, 0 to 100.
        is_stale: Whether an edit since the last test run may have changed it.
        is_failing: Whether a test that runs the file fails, and so may not run all of its code.
    """

    percent: float
    is_stale: bool = False
    is_failing: bool = False


class CoverageTotal(NamedTuple):
    """The coverage of a project.

    Attributes:
        files: The covered percentage of each file.
        percent: The covered percentage of all files together.
        fail_under: The percentage that the project requires, or 0.
        precision: The number of decimal places that count.
        place: The file that configures coverage, and the 0-based line with the required percentage.
    """

    files: Mapping[Path, float]
    percent: float
    fail_under: float = 0.0
    precision: int = 0
    place: tuple[Path, int] | None = None

    @property
    def shortfall(self) -> str:
        """A message if too little is covered, otherwise empty."""
        if not falls_short(self.percent, self.fail_under, self.precision):
            return ""
        has = rounded(self.percent, self.precision)
        return f"tests cover {has} % of the project; fail_under is {self.fail_under:g} %"


@runtime_checkable
class MeasuresCoverage(Protocol):
    """A tool that reports code that no test runs, after all tests have run."""

    @property
    def name(self) -> ToolName:
        """The tool's name."""

    async def share_of(self, document: Document) -> FileShare | None:
        """Return the coverage of a document, if it is known."""

    def coverage_total(self) -> CoverageTotal | None:
        """Return the coverage of the project, if it is known."""


def rounded(value: float, precision: int = 0) -> str:
    """Format a percentage like coverage.py: "0" and "100" only for exactly 0 and 100."""
    least = 1 / 10**precision
    if 0 < value < FULL:
        value = min(max(value, least), FULL - least)
    return f"{value:.{precision}f}"


def falls_short(value: float, fail_under: float, precision: int) -> bool:
    """Return whether a percentage is below the required one, by coverage.py's rules."""
    if fail_under == FULL:
        return value < fail_under
    return round(value, precision) < fail_under
