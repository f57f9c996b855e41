"""Runs the latest requested check of each of a project's tools, and retries it after a crash."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from itertools import compress
from typing import TYPE_CHECKING

from python_expert.diagnostics.finding import Report
from python_expert.isolation import FaultBarrier, ToolBarriers
from python_expert.processes.command import ToolCrashError, ToolError
from python_expert.processes.jsonrpc import RpcError
from python_expert.project.events import Problem, State
from python_expert.project.latest_only import LatestOnly

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from python_expert.diagnostics.finding import ToolName
    from python_expert.project.events import Events, ToolStatus
    from python_expert.text.document import Document
    from python_expert.tools.base import Tool

log = logging.getLogger(__name__)

RETRIES = 8
"""The maximum number of retries of a check whose tool crashes; the child's back-off applies in
between."""

_GRADED = ToolBarriers("setting the severity of findings of {}")
_EXCLUDED = FaultBarrier("asking whether a file is excluded")


class Checks:
    """The running checks of one project, and their findings.

    Args:
        events: Receives the results.
        status: The status of each tool; updated here.
        graded: Applies the severities of the settings to a report.
        is_excluded: Whether the project excludes a document.
    """

    def __init__(
        self,
        events: Events,
        status: Mapping[ToolName, ToolStatus],
        graded: Callable[[Report], Report],
        is_excluded: Callable[[str], Awaitable[bool]],
    ) -> None:
        self._events = events
        self._status = status
        self._graded = graded
        self._is_excluded = is_excluded
        self._tasks: dict[tuple[str, str], LatestOnly[Sequence[Document]]] = {}
        self._crashes: Counter[tuple[str, str]] = Counter()
        # The latest reports, unchanged: a tool for the whole project reports on all documents each
        # time, and only new results are published. The store grades, filters and rebases them; the
        # gate compares with the original findings.
        self._received: dict[tuple[str, str], Report] = {}

    def submit(self, tool: Tool, documents: Sequence[Document], debounce_ms: int) -> None:
        """Let a tool check documents after a short time without newer requests."""
        key = (tool.name, "" if tool.whole_project else documents[0].uri)
        if key not in self._tasks:
            self._tasks[key] = LatestOnly(
                lambda request: self._check(tool, key, request), debounce_ms
            )
        self._tasks[key].submit(documents)

    def receive(self, reports: Sequence[Report]) -> None:
        """Publish the reports of a tool that have changed."""
        changed = []
        for report in reports:
            key = (report.tool, report.uri)
            if self._received.get(key) is not report:
                self._received[key] = report
                changed.append(_GRADED[report.tool].call(report, self._graded, report))
        if changed:
            self._events.reports(changed)

    def latest(self, name: str, document: Document) -> Report | None:
        """Return a tool's report on this version of a document, if there is one already."""
        report = self._received.get((name, document.uri))
        return report if report and report.version == document.version else None

    async def settled(self, uri: str, names: Sequence[str]) -> None:
        """Wait until the tools have finished with a document."""
        keys = [(name, key) for name in names for key in (uri, "")]
        tasks = [self._tasks[key] for key in keys if key in self._tasks]
        await asyncio.gather(*(task.settled() for task in tasks))

    def forget(self, tool: Tool, uri: str, *, known: bool) -> None:
        """Drop a tool's findings in a document, and stop its check."""
        self._received.pop((tool.name, uri), None)
        if known and not tool.whole_project and (task := self._tasks.pop((tool.name, uri), None)):
            task.cancel()

    def cancel(self) -> None:
        """Stop the running checks and drop their results."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
        self._received.clear()

    async def _check(self, tool: Tool, key: tuple[str, str], documents: Sequence[Document]) -> None:
        status = self._status[tool.name]
        started = time.perf_counter()
        status.state = State.BUSY
        self._events.status()
        try:
            out: list[Document] = []
            if tool.files is None:  # a tool that finds files detects changes itself
                excluded = await asyncio.gather(
                    *(
                        _EXCLUDED.ask(None, self._is_excluded, document.uri)
                        for document in documents
                    )
                )
                out = list(compress(documents, excluded))
                documents = list(compress(documents, (not each for each in excluded)))
            reports = [nothing_found(tool.name, document) for document in out]
            if documents:
                reports += await tool.check(documents)
            self.receive(reports)
        except ToolCrashError as error:
            self._crashes[key] += 1
            self._failed(tool.name, error, is_shown=self._crashes[key] > 1)
            if self._crashes[key] < RETRIES and not self._tasks[key].overtaken:
                self._tasks[key].submit(documents)
        except (ToolError, RpcError) as error:
            self._failed(tool.name, error)
        except Exception as error:  # an error of a tool must not stop the server
            log.exception("%s: checking failed", tool.name)
            self._failed(tool.name, ToolError(f"an internal error of Python Expert: {error!r}"))
        else:
            status.state, status.message = State.READY, ""
            self._crashes[key] = 0
            status.last_ms = (time.perf_counter() - started) * 1000
        finally:
            self._events.status()
            if tool.whole_project:
                self._events.reading(tool.name, None)

    def _failed(
        self, name: ToolName, error: ToolError | RpcError, *, is_shown: bool = True
    ) -> None:
        message = str(error)
        status = self._status[name]
        status.state, status.message = State.FAILED, message
        log.warning("%s: %s", name, message)
        if is_shown:
            known = (error.cause, error.place) if isinstance(error, ToolError) else ()
            self._events.problem(Problem(name, message, *known))


def nothing_found(name: ToolName, document: Document) -> Report:
    """Return an empty report, for a tool that is disabled or does not check a document."""
    return Report(name, document.uri, document.version, ())
