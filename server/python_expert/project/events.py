"""The listeners for what a project's tools find and do."""

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
    """What a tool is doing."""

    OFF = "off"
    READY = "ready"
    BUSY = "busy"
    FAILED = "failed"


@dataclass
class ToolStatus:
    """How a tool is doing.

    Attributes:
        state: What it is doing.
        last_ms: Milliseconds that its latest check took, or None before the first.
        message: What is wrong, if something is.
    """

    state: State = State.READY
    last_ms: float | None = None
    message: str = ""


class Problem(NamedTuple):
    """Something the user should be told, once for each cause.

    Attributes:
        tool: The tool it is about, if it is about one.
        message: What is wrong, where, and what to do.
        cause: The message without what differs from time to time, if anything does.
        place: The file that is at fault, and the 0-based line in it, if it is known.
    """

    tool: ToolName | None
    message: str
    cause: str = ""
    place: tuple[Path, int] | None = None

    def find_place(self) -> tuple[Path, int] | None:
        """The place, else the first configuration file that the message names."""
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
    """Who hears of what a project finds; what goes wrong there is not the tools' fault.

    Args:
        reports: Called with reports as they become known.
        problem: Called when a tool cannot do its work.
        reading: Called with a tool and its state of reading the project; None when it is done.
        status: Called when a tool is doing something other than before.
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
        """Reports have become known."""
        _REPORTS.call(None, self._reports, reports)

    def problem(self, problem: Problem) -> None:
        """A tool cannot do its work."""
        _PROBLEM.call(None, self._problem, problem)

    def reading(self, tool: str, message: str | None) -> None:
        """A tool has read so much of the project, or (None) is done."""
        _READING[tool].call(None, self._reading, tool, message)

    def status(self) -> None:
        """A tool is doing something other than before."""
        _STATUS.call(None, self._status)
