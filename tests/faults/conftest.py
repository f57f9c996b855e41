"""Count the injected faults, and print a table of them at the end of a run."""

from __future__ import annotations

import contextlib
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import scale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FOLDER = Path(__file__).parent

# These tests search /proc for leftover processes.
_OF_LINUX = ("test_children.py", "test_disk.py", "test_soak.py", "test_wire.py")
collect_ignore = [] if sys.platform == "linux" else list(_OF_LINUX)

_PROPERTY = "faults"
_SUMMARY = "summary"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder as long: they have a long form, or belong to a full run."""
    for item in items:
        if item.path.is_relative_to(FOLDER):
            item.add_marker(pytest.mark.long)


def selected(everything: Iterable[str], always: Iterable[str], count: int) -> list[str]:
    """Return everything in a full run, otherwise the names in ``always`` and a random sample."""
    names, chosen = list(everything), set(always)
    if scale.LONG:
        return names
    rest = [each for each in names if each not in chosen]
    chosen.update(random.Random(scale.SEED).sample(rest, count))  # noqa: S311 - not used for secrets
    return [each for each in names if each in chosen]


class Tally:
    """The faults that one test injected.

    Attributes:
        counts: For each fault: how often it was tried, how often the server survived it, and how
            many documents had exactly the right findings afterwards.
    """

    def __init__(self) -> None:
        self.counts: dict[str, list[int]] = {}

    @contextlib.contextmanager
    def survives(self, fault: str, times: int = 1) -> Iterator[None]:
        """Count a fault as tried, and as survived unless the block raises an exception."""
        self.tried(fault, times)
        yield
        self.survived(fault, times)

    def tried(self, fault: str, times: int = 1) -> None:
        """Count a fault that is about to be injected."""
        self.counts.setdefault(fault, [0, 0, 0])[0] += times

    def survived(self, fault: str, times: int = 1) -> None:
        """Count a fault from which the server recovered completely."""
        self.counts.setdefault(fault, [0, 0, 0])[1] += times

    def right(self, fault: str, documents: int = 1) -> None:
        """Count documents that have exactly the expected findings after a fault."""
        self.counts.setdefault(fault, [0, 0, 0])[2] += documents


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Tally:
    """The test's own counts, which are added to the table at the end."""
    made = Tally()
    # The test fills it, and pytest reads it after the test. This also works across processes.
    record_property(_PROPERTY, made.counts)
    return made


@pytest.fixture
def summary(record_property: Callable[[str, object], None]) -> list[str]:
    """The lines that pytest prints at the end of the run, even if the test fails."""
    lines: list[str] = []
    record_property(_SUMMARY, lines)
    return lines


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how often each fault was tried and survived, and how many documents were right."""
    rows: dict[str, list[int]] = {}
    lines: list[str] = []
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, counts in report.user_properties:
                if name == _PROPERTY and isinstance(counts, dict):
                    for fault, numbers in counts.items():
                        row = rows.setdefault(fault, [0, 0, 0])
                        rows[fault] = [sum(pair) for pair in zip(row, numbers, strict=True)]
                elif name == _SUMMARY and isinstance(counts, list):
                    lines += counts
    if not rows:
        return
    terminalreporter.section(
        f"faults ({'full run' if scale.LONG else 'short run'}, seed {scale.SEED})"
    )
    width = max(map(len, rows))
    heads = ("tried", "survived", "nothing lost")
    terminalreporter.line("  ".join([" " * width, *heads]))
    total = [sum(column) for column in zip(*rows.values(), strict=True)]
    for fault, numbers in [*sorted(rows.items()), ("in all", total)]:
        cells = (f"{number:>{len(head)}}" for number, head in zip(numbers, heads, strict=True))
        terminalreporter.line("  ".join([fault.ljust(width), *cells]))
    for line in lines:
        terminalreporter.line(line)
