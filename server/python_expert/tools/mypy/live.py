"""mypy's worker process, which checks the unsaved text of all open documents together."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any

from python_expert.processes.child import Child
from python_expert.text.document import Document
from python_expert.tools.answers import text
from python_expert.tools.mypy import worker
from python_expert.tools.mypy.batch import DEADLINE_S
from python_expert.tools.mypy.config_errors import config_warnings
from python_expert.tools.mypy.reports import report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from python_expert.diagnostics.finding import Report
    from python_expert.processes.jsonrpc import JsonRpc
    from python_expert.text.document import Position
    from python_expert.tools.mypy.launch import MypyLaunch
    from python_expert.tools.types import About

Documents = dict[str, Document]
"""Open documents, by the paths by which mypy knows them."""


class Live:
    """The worker of one project.

    Args:
        launch: How mypy is started.
        on_reports: Called with the reports that the worker sends after a pause.
        on_progress: Called with a message while mypy reads modules for a check.
        on_message: Called with mypy's message about its configuration.
        floor: Whether no option may reduce what mypy finds by default.

    Attributes:
        version: mypy's version, once it is known.
        slowed: Whether the worker must use its slower variant.
        variant: The variant that the worker uses: "d2", or the slower "d1".
        reports: The latest report on each document, by path.
    """

    def __init__(
        self,
        launch: MypyLaunch,
        on_reports: Callable[[Sequence[Report]], None],
        on_progress: Callable[[str | None], None],
        on_message: Callable[[str], None],
        *,
        floor: bool = False,
    ) -> None:
        self.version = ""
        self.slowed = False
        self.variant = ""
        # The documents that the worker knows, as only changes are sent to it, and the reports that
        # it sent, as it sends only those that changed.
        self.documents: Documents = {}
        self.reports: dict[str, Report] = {}
        self._candidates: dict[str, tuple[Document, Mapping[str, Any], Report]] = {}
        self._launch = launch
        self._on_reports = on_reports
        self._on_progress = on_progress
        self._on_message = on_message
        # The worker's version number of a document. The editor's number may return with another
        # text if a document is closed and opened again.
        self._numbers: dict[str, int] = {}
        self._count = itertools.count()
        self._generation = 0
        self._checking = self._checked = False
        self._is_floor = floor
        self._floor: Live | None = None
        self._child = Child(
            "mypy",
            worker.serving(launch.python, launch.root, trusted=launch.plugins),
            self._handshake,
            deadline_s=DEADLINE_S,
            on_notification=self._notified,
        )

    async def check(self, documents: Documents) -> None:
        """Send documents to the worker, and update `reports` for them.

        Changes of findings in other documents are reported after a pause.

        Raises:
            ToolError: The worker cannot be started.
            ToolCrashError: The worker died, hung or sent an invalid response.
            RpcError: The worker responded with an error.
        """
        # The worker sends each report once, so its response is used even after a cancellation.
        checking = asyncio.create_task(self._check(documents))
        checking.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.shield(checking)

    @property
    def floor(self) -> Live:
        """A worker that ignores options by which mypy would find less than by default."""
        if self._floor is None:
            self._floor = Live(self._launch, _ignore, _ignore, _ignore, floor=True)
        return self._floor

    @property
    def for_candidates(self) -> Live:
        """The worker for candidates: this one until it has checked documents, then `floor`."""
        return self.floor if self._checked else self

    async def what_if(self, documents: Documents, path: str, text: str) -> list[Report] | None:
        """Return what mypy would find in all documents if one had another text.

        Ranges in that document are those of `text`. Nothing is published. None means that `floor`
        must be asked: because of an option of the project, mypy finds less in that document than
        by default.

        Raises:
            ToolError, ToolCrashError, RpcError: As for `check`.
        """
        documents = await self._known(documents)
        answer = await self._child.request("what_if", {"path": path, "text": text})
        if "lowered" in answer:
            return None
        real = documents[path]
        candidates = {**documents, path: real.with_text(text)}
        with self._child.reading():
            return [
                self._reported(candidates[path], path, result)
                for path, result in answer["files"].items()
            ]

    def _reported(self, document: Document, path: str, result: Mapping[str, Any]) -> Report:
        """Return a report; the same object as before if the candidate has no effect on the file."""
        known = self._candidates.get(path)
        if known is None or known[0] is not document or known[1] != result:
            known = document, result, report(document, result, self._launch)
            self._candidates[path] = known
        return known[2]

    async def types(
        self, documents: Documents, path: str, text: str, about: About
    ) -> list[dict[str, Any]] | None:
        """Return mypy's types in a text, or None if mypy cannot read it.

        Raises:
            ToolError, ToolCrashError, RpcError: As for `check`.
        """
        await self._known(documents)
        answer = await self._child.request("types", {"path": path, "text": text, "about": about})
        with self._child.reading():
            return list(answer[about]) if answer["known"] else None

    async def name_at(self, documents: Documents, path: str, place: Position) -> dict[str, str]:
        """Return the declaration of the name at a place in an open document; empty if unknown.

        Raises:
            ToolError, ToolCrashError, RpcError: As for `check`.
        """
        document = documents[path]
        await self._known(documents)
        if self.documents[path] is not document:
            return {}
        params = {"path": path, "line": place.line, "column": place.column}
        answer = await self._child.request("name", params)
        with self._child.reading():
            return {key: text(answer[key]) for key in ("declaration", "doc") if key in answer}

    def disk_changed(self) -> None:
        """Tell the worker that files changed on disk."""
        self._child.notify("disk", {})
        if self._floor:
            self._floor.disk_changed()

    def rebuild(self) -> None:
        """Make the worker's next check start from scratch."""
        self._child.notify("rebuild", {})

    def note_failure(self) -> None:
        """Note that the worker failed, so that its next start is delayed."""
        self._child.note_failure()

    async def stop(self) -> None:
        """End the worker."""
        if self._floor:
            await self._floor.stop()
        await self._child.stop()

    async def _known(self, documents: Documents) -> Documents:
        """Send documents to the worker; return those that it then knows."""
        await self._child.start()
        # The caller may have older texts than are being checked: newer ones are kept.
        for each, known in self.documents.items() if self._checked else ():
            if each not in documents or documents[each].is_older(known):
                documents = {**documents, each: known}
        self._sync(documents)
        return documents

    async def _check(self, documents: Documents) -> None:
        self._checked = True
        await self._child.start()
        self._sync(documents)
        asked = {path: self._numbers[path] for path in self.documents}
        self._checking = True
        try:
            answer = await self._child.request("check", {})
        finally:
            self._checking = False
        with self._child.reading():
            for path, result in answer["files"].items():
                if result["version"] != asked[path]:
                    raise ValueError("it is about another version than was asked for")
            self._take(answer)

    async def _handshake(self, rpc: JsonRpc) -> None:
        params = {
            "root": str(self._launch.root),
            "args": list(self._launch.args),
            "plugins": self._launch.plugins,
            "variant": "d1" if self.slowed else "d2",
            "floor": self._is_floor,
        }
        answer = await rpc.request("start", params)
        self.version = answer["mypy"]
        for warning in config_warnings(answer.get("warnings") or "", self._launch):
            self._on_message(warning)

    def _notified(self, method: str, params: Any) -> None:  # noqa: ANN401 - JSON is untyped
        if method == "progress":
            if self._checking:  # requests for candidates may read modules, too
                self._on_progress(str(params.get("message", "")))
        elif method in {"first", "settled"} and (news := self._take(params)):
            self._on_reports(news)

    def _sync(self, documents: Documents) -> None:
        """Send the worker what has changed since the last call."""
        if self._generation != self._child.generation:  # a new worker knows nothing yet
            self._generation = self._child.generation
            self.documents.clear()
            self.reports.clear()
            self._candidates.clear()
        for path in self.documents.keys() - documents.keys():
            del self.documents[path]
            self.reports.pop(path, None)
            self._candidates.pop(path, None)
            self._child.notify("close", {"path": path})
        for path, document in documents.items():
            known = self.documents.get(path)
            if known is document:
                continue
            self.documents[path] = document
            self._numbers[path] = next(self._count)
            self._child.notify(
                "change" if known else "open",
                {"path": path, "text": document.text, "version": self._numbers[path]},
            )

    def _take(self, answer: Mapping[str, Any]) -> list[Report]:
        """Keep the worker's reports, except those on a version that is not the latest."""
        self.variant = answer["variant"]
        news = {
            path: report(document, result, self._launch)
            for path, result in answer["files"].items()
            if (document := self.documents.get(path)) and self._numbers[path] == result["version"]
        }
        self.reports |= news
        return list(news.values())


def _ignore(_news: object) -> None:
    """Ignore a notification of the worker for the gate, whose findings are not shown."""
