"""The listeners for the findings and the activity of a project's tools."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.isolation import FaultBarrier, ToolBarriers
from python_expert.text.paths import is_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from python_expert.diagnostics.finding import Report, ToolName


_NAMED = re.compile(
    r"(?P<path>(?:/|[A-Za-z]:\\)[^\s:'\"`]*(?:\.(?:toml|ini|cfg|ya?ml)|/\.bandit))(?::(?P<line>\d+))?"
)
"""A configuration file in a message, and the line in it."""


class State(StrEnum):
    """The states of a tool."""

    OFF = "off"
    READY = "ready"
    BUSY = "busy"
    FAILED = "failed"


@dataclass
class ToolStatus:
    """The status of a tool.

    Attributes:
        state: The tool's state.
        last_ms: The duration of its latest check in milliseconds, or None before the first.
        message: The problem, if there is one.
    """

    state: State = State.READY
    last_ms: float | None = None
    message: str = ""


class Problem(NamedTuple):
    """A problem that is reported to the user, once for each cause.

    Attributes:
        tool: The tool concerned, if any.
        message: The problem, its place, and possible fixes.
        cause: The message without its variable parts, if it has any.
        place: The file with the problem and the 0-based line in it, if known.
    """

    tool: ToolName | None
    message: str
    cause: str = ""
    place: tuple[Path, int] | None = None

    def find_place(self) -> tuple[Path, int] | None:
        """Return the place; by default the first configuration file that the message names."""
        match = _NAMED.search(self.message)
        if self.place or match is None:
            return self.place
        path = Path(match["path"])
        return (path, int(match["line"] or 1) - 1) if is_file(path) else None


_REPORTS = FaultBarrier("passing findings on")
_PROBLEM = FaultBarrier("telling a problem")
_READING = ToolBarriers("reporting the progress of {}")
_STATUS = FaultBarrier("reporting the status")


class Events:
    """Passes on the results of a project. Errors in the callbacks do not stop the tools.

    Args:
        reports: Called with new reports.
        problem: Called when a tool cannot do its work.
        reading: Called with a tool and its progress in reading the project; None at the end.
        status: Called when the status of a tool changes.
    """

    def __init__(
        self,
        reports: Callable[[Sequence[Report]], None],
        problem: Callable[[Problem], None],
        reading: Callable[[str, str | None], None] = lambda _tool, _message: None,
        status: Callable[[], None] = lambda: None,
    ) -> None:
        self._reports = reports
        self._problem = problem
        self._reading = reading
        self._status = status

    def reports(self, reports: Sequence[Report]) -> None:
        """Pass on new reports."""
        _REPORTS.call(None, self._reports, reports)

    def problem(self, problem: Problem) -> None:
        """Pass on a problem of a tool."""
        _PROBLEM.call(None, self._problem, problem)

    def reading(self, tool: str, message: str | None) -> None:
        """Pass on a tool's progress in reading the project; None at the end."""
        _READING[tool].call(None, self._reading, tool, message)

    def status(self) -> None:
        """Pass on a changed status."""
        _STATUS.call(None, self._status)
