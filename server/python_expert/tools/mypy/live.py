"""mypy's worker process, which checks the unsaved text of all open documents together."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from python_expert.processes.child import Child
from python_expert.processes.command import Command, foreign
from python_expert.text.document import Document
from python_expert.tools.answers import text
from python_expert.tools.base import environment
from python_expert.tools.mypy.batch import DEADLINE_S, WORKER
from python_expert.tools.mypy.config_errors import config_warning
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
        launch: What to start.
        on_reports: Called with what the worker finds after a pause.
        on_progress: Called with a sentence while a check has mypy read modules.
        on_message: Called with mypy's message about its configuration.
        floor: Whether no option may have mypy find less than by default.

    Attributes:
        version: mypy's version, once it is known.
        slowed: Whether the worker may only use its slower variant.
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
        # What the worker knows, so that it is told only what has changed; and what it has told, as
        # it tells only news.
        self.documents: Documents = {}
        self.reports: dict[str, Report] = {}
        self._imagined: dict[str, tuple[Document, Mapping[str, Any], Report]] = {}
        self._launch = launch
        self._on_reports = on_reports
        self._on_progress = on_progress
        self._on_message = on_message
        self._generation = 0
        self._checking = self._checked = False
        self._is_floor = floor
        self._floor: Live | None = None
        self._child = Child(
            "mypy",
            Command(
                foreign(launch.python, f"{WORKER}.serve"),
                launch.root,
                environment(launch.root, trusted=launch.plugins),
            ),
            self._greet,
            deadline_s=DEADLINE_S,
            on_notification=self._notified,
        )

    async def check(self, documents: Documents) -> None:
        """Bring the worker up to date; `reports` is then about these documents.

        What an edit changes for other documents is reported after a pause.

        Raises:
            ToolError: The worker cannot be started.
            ToolCrashError: It died, hung or babbled.
            RpcError: It answered with an error.
        """
        # What the worker has told it does not tell again, so its answer is taken in any case.
        checking = asyncio.create_task(self._check(documents))
        checking.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.shield(checking)

    @property
    def floor(self) -> Live:
        """A worker for which no option of the project has mypy find less than by default."""
        if self._floor is None:
            self._floor = Live(self._launch, _ignore, _ignore, _ignore, floor=True)
        return self._floor

    @property
    def apart(self) -> Live:
        """The worker for candidate texts: this one as long as it checks no documents."""
        return self.floor if self._checked else self

    async def what_if(self, documents: Documents, path: str, text: str) -> list[Report] | None:
        """What mypy would find in all documents, were `text` that of one; nothing changes by it.

        The ranges are those of `text` in the one document. None means that `floor` has to be
        asked: an option of the project has mypy find less in that document than by default.

        Raises:
            ToolError, ToolCrashError, RpcError: As for `check`.
        """
        documents = await self._known(documents)
        answer = await self._child.request("what_if", {"path": path, "text": text})
        if "lowered" in answer:
            return None
        real = documents[path]
        imagined = {**documents, path: Document.of(real.uri, real.version, text)}
        with self._child.reading():
            return [
                self._reported(imagined[path], path, result)
                for path, result in answer["files"].items()
            ]

    def _reported(self, document: Document, path: str, result: Mapping[str, Any]) -> Report:
        """A report; the same as before where an imagined text has no effect, as on most files."""
        known = self._imagined.get(path)
        if known is None or known[0] is not document or known[1] != result:
            known = document, result, report(document, result, self._launch)
            self._imagined[path] = known
        return known[2]

    async def types(
        self, documents: Documents, path: str, text: str, about: About
    ) -> list[dict[str, Any]] | None:
        """What is known of the types of a text; None if mypy cannot read it.

        Raises:
            ToolError, ToolCrashError, RpcError: As for `check`.
        """
        await self._known(documents)
        answer = await self._child.request("types", {"path": path, "text": text, "about": about})
        with self._child.reading():
            return list(answer[about]) if answer["known"] else None

    async def name_at(self, documents: Documents, path: str, place: Position) -> dict[str, str]:
        """What the name at a place of an open document is; empty if that is not known.

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
        """Have the worker's next check start from scratch."""
        self._child.notify("rebuild", {})

    def note_failure(self) -> None:
        """The worker has failed within: its next start is to wait."""
        self._child.note_failure()

    async def stop(self) -> None:
        """End the worker."""
        if self._floor:
            await self._floor.stop()
        await self._child.stop()

    async def _known(self, documents: Documents) -> Documents:
        """Send documents to the worker; returns what it then knows."""
        await self._child.start()
        # Who asks may have older texts than are being checked: these are not taken back.
        for each, known in self.documents.items() if self._checked else ():
            if each not in documents or documents[each].version < known.version:
                documents = {**documents, each: known}
        self._sync(documents)
        return documents

    async def _check(self, documents: Documents) -> None:
        self._checked = True
        await self._child.start()
        self._sync(documents)
        asked = {path: document.version for path, document in self.documents.items()}
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

    async def _greet(self, rpc: JsonRpc) -> None:
        params = {
            "root": str(self._launch.root),
            "args": list(self._launch.args),
            "plugins": self._launch.plugins,
            "variant": "d1" if self.slowed else "d2",
            "floor": self._is_floor,
        }
        answer = await rpc.request("start", params)
        self.version = answer["mypy"]
        if warnings := answer.get("warnings"):
            self._on_message(config_warning(warnings, self._launch))

    def _notified(self, method: str, params: Any) -> None:  # noqa: ANN401 - JSON is untyped
        if method == "progress":
            if self._checking:  # what a rewrite would add may have to be read, too
                self._on_progress(str(params.get("message", "")))
        elif method in {"first", "settled"} and (news := self._take(params)):
            self._on_reports(news)

    def _sync(self, documents: Documents) -> None:
        """Send the worker what has changed since the last time."""
        if self._generation != self._child.generation:  # a new worker knows nothing yet
            self._generation = self._child.generation
            self.documents.clear()
            self.reports.clear()
            self._imagined.clear()
        for path in self.documents.keys() - documents.keys():
            del self.documents[path]
            self.reports.pop(path, None)
            self._imagined.pop(path, None)
            self._child.notify("close", {"path": path})
        for path, document in documents.items():
            known = self.documents.get(path)
            if known is document:
                continue
            self.documents[path] = document
            self._child.notify(
                "change" if known else "open",
                {"path": path, "text": document.text, "version": document.version},
            )

    def _take(self, answer: Mapping[str, Any]) -> list[Report]:
        """Keep the worker's news; those on a version that is no longer the last are dropped."""
        self.variant = answer["variant"]
        news = {
            path: report(document, result, self._launch)
            for path, result in answer["files"].items()
            if (document := self.documents.get(path)) and document.version == result["version"]
        }
        self.reports |= news
        return list(news.values())


def _ignore(_news: object) -> None:
    """Take no notice: what only the gate asks is not shown."""
