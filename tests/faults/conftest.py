"""Counts of the faults that were tried, and the table of them at the end of a run."""

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

# What these leave behind is looked for in /proc.
_OF_LINUX = ("test_children.py", "test_disk.py", "test_soak.py", "test_wire.py")
collect_ignore = [] if sys.platform == "linux" else list(_OF_LINUX)

_PROPERTY = "faults"
_SUMMARY = "summary"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder have a long form, or belong to a full run."""
    for item in items:
        if item.path.is_relative_to(FOLDER):
            item.add_marker(pytest.mark.long)


def some(everything: Iterable[str], always: Iterable[str], count: int) -> list[str]:
    """What a run tries: everything if it is a full one, else what always counts and a sample."""
    all_of_it, chosen = list(everything), set(always)
    if scale.LONG:
        return all_of_it
    rest = [each for each in all_of_it if each not in chosen]
    chosen.update(random.Random(scale.SEED).sample(rest, count))  # noqa: S311 - not used for secrets
    return [each for each in all_of_it if each in chosen]


class Tally:
    """What one test has tried.

    Attributes:
        counts: For each fault: how often it was tried, how often the server survived it, and how
            many documents had exactly the right findings afterwards.
    """

    def __init__(self) -> None:
        self.counts: dict[str, list[int]] = {}

    @contextlib.contextmanager
    def survives(self, fault: str, times: int = 1) -> Iterator[None]:
        """Count a fault as tried now, and as survived if nothing is raised."""
        self.tried(fault, times)
        yield
        self.survived(fault, times)

    def tried(self, fault: str, times: int = 1) -> None:
        """Count a fault that is on its way."""
        self.counts.setdefault(fault, [0, 0, 0])[0] += times

    def survived(self, fault: str, times: int = 1) -> None:
        """Count a fault after which all was as it should be."""
        self.counts.setdefault(fault, [0, 0, 0])[1] += times

    def right(self, fault: str, documents: int = 1) -> None:
        """Count documents whose findings were neither too many nor too few after a fault."""
        self.counts.setdefault(fault, [0, 0, 0])[2] += documents


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Tally:
    """The test's own counts, which join the table at the end."""
    made = Tally()
    # Filled while the test runs, and read when it is over; that way it crosses processes.
    record_property(_PROPERTY, made.counts)
    return made


@pytest.fixture
def summary(record_property: Callable[[str, object], None]) -> list[str]:
    """Lines that are printed at the end, even if the test fails."""
    lines: list[str] = []
    record_property(_SUMMARY, lines)
    return lines


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print which faults were tried, how many were survived, and that nothing was lost."""
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
