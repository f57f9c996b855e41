"""Who hears of what a project's tools find and do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from python_expert.isolation import FaultBarrier, ToolBarriers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from python_expert.diagnostics.finding import Report, ToolName


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
    """

    tool: ToolName | None
    message: str
    cause: str = ""


_REPORTS = FaultBarrier("passing findings on")
_PROBLEM = FaultBarrier("telling a problem")
_READING = ToolBarriers("telling how far {} has read")
_STATUS = FaultBarrier("telling the status")


class Events:
    """Who hears of what a project finds; what goes wrong there is not the tools' fault.

    Args:
        reports: Called with reports as they become known.
        problem: Called when a tool cannot do its work.
        reading: Called with a tool and its state of reading the project; None when it is done.
        status: Called when a tool is doing something else than before.
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
        """A tool is doing something else than before."""
        _STATUS.call(None, self._status)
