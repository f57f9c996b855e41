"""Print the counts of the gate's corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.gate import docstrings, to_async, type_hints

if TYPE_CHECKING:
    import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many wrong edits the gate refused, and how many right ones it accepted."""
    passed = {report.nodeid for report in terminalreporter.getreports("passed")}
    if not any("tests/gate/" in name for name in passed):
        return
    found = {
        "docstrings": docstrings.counts(),
        "type hints": type_hints.counts(),
        "to async": to_async.counts(),
        "contradicted": (sum("contradicts_is_refused[" in name for name in passed), 0),
    }
    terminalreporter.section("the gate's corpus")
    for name, (refused, accepted) in found.items():
        terminalreporter.line(f"{name}: {refused} wrong edits refused, {accepted} right ones not")
    wrong, right = (sum(column) for column in zip(*found.values(), strict=True))
    terminalreporter.line(f"in all: {wrong} refused, {right} accepted or left to the user")
    for report in terminalreporter.getreports("passed"):
        for name, count in report.user_properties:
            if name == "model":
                terminalreporter.line(f"replayed as a model's replies, {count}")
