"""The coverage that a tool that runs tests reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from python_expert.diagnostics.finding import ToolName
    from python_expert.text.document import Document

FULL = 100.0
"""The percentage of what is covered completely."""


class FileShare(NamedTuple):
    """How much of a file is covered.

    Attributes:
        percent: The percentage, 0 to 100.
        is_stale: Whether that may have changed since the tests have run.
        is_failing: Whether a test that runs the file fails, and so may not run all that it would.
    """

    percent: float
    is_stale: bool = False
    is_failing: bool = False


class CoverageTotal(NamedTuple):
    """How much of a project is covered.

    Attributes:
        files: The percentage of each file.
        percent: That of all.
        fail_under: The one that the project wants, 0 if it wants none.
        precision: The digits behind the point that count.
        place: The file that configures it, and the 0-based line with the percentage that is wanted.
    """

    files: Mapping[Path, float]
    percent: float
    fail_under: float = 0.0
    precision: int = 0
    place: tuple[Path, int] | None = None

    @property
    def shortfall(self) -> str:
        """What is wrong if too little is covered, else empty."""
        if not falls_short(self.percent, self.fail_under, self.precision):
            return ""
        has = rounded(self.percent, self.precision)
        return f"tests cover {has} % of the project; fail_under is {self.fail_under:g} %"


@runtime_checkable
class MeasuresCoverage(Protocol):
    """A tool that reports the code that no test runs, once all tests have run."""

    @property
    def name(self) -> ToolName:
        """The tool's name."""

    async def share_of(self, document: Document) -> FileShare | None:
        """How much of a document is covered, if that is known."""

    def coverage_total(self) -> CoverageTotal | None:
        """How much of the project is covered, if that is known."""


def rounded(value: float, precision: int = 0) -> str:
    """A percentage as coverage.py writes it: 0 and 100 are kept for nothing and everything."""
    least = 1 / 10**precision
    if 0 < value < FULL:
        value = min(max(value, least), FULL - least)
    return f"{value:.{precision}f}"


def falls_short(value: float, fail_under: float, precision: int) -> bool:
    """Whether a percentage is below the one that a project wants, as coverage.py decides it."""
    if fail_under == FULL:
        return value < fail_under
    return round(value, precision) < fail_under
