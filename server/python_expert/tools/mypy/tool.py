"""Mypy: checks the unsaved text of all open documents of a project together.

There are three ways, each slower and simpler than the one before: the worker's variants "d2" and
"d1", and "batch", a run of the command for each check. Now and then such a run corrects the worker.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, ClassVar

from python_expert.processes.command import ToolCrashError, ToolError
from python_expert.processes.jsonrpc import RpcError
from python_expert.tools.base import Tool
from python_expert.tools.mypy.batch import PLACEHOLDER, Batch
from python_expert.tools.mypy.comparison import Allowance, difference, key
from python_expert.tools.mypy.config_errors import config_error
from python_expert.tools.mypy.launch import launch_for
from python_expert.tools.mypy.live import Live
from python_expert.tools.mypy.paths import path_of, read_documents
from python_expert.tools.mypy.spec import SPEC
from python_expert.tools.types import KnownName

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Container, Sequence
    from pathlib import Path

    from python_expert.diagnostics.finding import Report
    from python_expert.text.document import Document, Position
    from python_expert.tools.base import ToolEvents
    from python_expert.tools.context import ToolContext
    from python_expert.tools.mypy.launch import MypyLaunch
    from python_expert.tools.mypy.live import Documents
    from python_expert.tools.types import About

log = logging.getLogger(__name__)

CRASHES = 2
"""The number of crashes in a row after which the next slower mode is used."""

SOUND = 20
"""The number of checks without an internal error after which earlier errors no longer count."""

SAVED_PAUSE_S = 1.0
IDLE_PAUSE_S = 30.0
"""Seconds without edits, after a save or without one, before a run of the command."""


class Mypy(Tool):
    """Mypy for one project.

    Args:
        launch: The parameters of mypy.
        on_reports: Called with findings that were not requested.
        on_progress: Called with a sentence while mypy first reads the project.
        on_message: Called with mypy's message about its configuration.

    Attributes:
        variant: The mode of operation: "d2", "d1" or "batch"; empty before the first check.
    """

    spec = SPEC
    whole_project = True
    variants: ClassVar = {
        "d2": "checks unsaved text live, at best speed",
        "d1": "checks unsaved text live, but the faster way does not work with this mypy",
        "batch": "cannot check live: each check of unsaved text is a run of the command",
    }
    launch: MypyLaunch

    def __init__(
        self,
        launch: MypyLaunch,
        on_reports: Callable[[Sequence[Report]], None] = lambda _reports: None,
        on_progress: Callable[[str | None], None] = lambda _message: None,
        on_message: Callable[[str], None] = lambda _message: None,
    ) -> None:
        self.launch = launch
        self._on_reports = on_reports
        self._live = Live(launch, on_reports, on_progress, on_message)
        self._batch = Batch(launch, on_message)
        self._crashes, self._sound, self._saved = 0, 0, False
        self._allowance = Allowance()
        self._pause: asyncio.TimerHandle | None = None
        self._comparing: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._differed: set[tuple[str, str, str]] = set()

    @classmethod
    def make(cls, context: ToolContext, events: ToolEvents) -> Mypy:
        """Create the tool for a project; see `Tool.make`."""
        return cls(launch_for(context), *events)

    async def check(self, documents: Sequence[Document]) -> list[Report]:
        """Check all open documents of the project together; see `Tool.check`.

        Effects of an edit on other documents may be reported later.
        """
        by_path = self._documents(documents)
        self._compare_later()
        if self.variant != "batch":
            try:
                await self._live.check(by_path)
            except (RpcError, ToolCrashError) as error:
                self._understand(error)
            else:
                self._note_success()
                reports = self._live.reports
                return [reports[path] for path in by_path if path in reports]
        texts = {path: document.text for path, document in by_path.items()}
        return list((await self._batch.check(by_path, texts)).values())

    async def what_if(
        self, documents: Sequence[Document], document: Document, text: str
    ) -> list[Report]:
        """Return the findings if one document had another text; see `Tool.what_if`."""
        return await self._what_if(self._live, documents, document, text)

    async def what_if_all(
        self, documents: Sequence[Document], document: Document, text: str
    ) -> list[Report]:
        """Return the findings if several documents had other texts; see `ChecksCandidates`."""
        return await self._what_if(self._live.for_candidates, documents, document, text)

    async def _what_if(
        self, live: Live, documents: Sequence[Document], document: Document, text: str
    ) -> list[Report]:
        by_path, path = self._documents(documents), path_of(document.uri, self.launch.root)
        if self.variant != "batch":
            try:
                found = await live.what_if(by_path, path, text)
            except (RpcError, ToolCrashError) as error:
                self._understand(error)
            else:
                if found is None:  # crashes of the other worker do not count for this one
                    found = await self._live.floor.what_if(by_path, path, text)
                return found or []
        texts = {each: known.text for each, known in by_path.items()} | {path: text}
        by_path[path] = document.with_text(text)
        return list((await self._batch.check(by_path, texts, floor=True)).values())

    async def types(
        self, documents: Sequence[Document], document: Document, text: str, about: About
    ) -> list[dict[str, Any]] | None:
        """Return the types inferred for a text; see `KnowsTypes`."""
        asked = self._documents(documents), path_of(document.uri, self.launch.root), text, about
        try:
            return None if self.variant == "batch" else await self._live.types(*asked)
        except (RpcError, ToolCrashError) as error:
            self._understand(error)
        return None

    async def name_at(
        self, documents: Sequence[Document], document: Document, place: Position
    ) -> KnownName | None:
        """Return the declaration of the name at a place; see `KnowsNames`."""
        asked = self._documents(documents), path_of(document.uri, self.launch.root), place
        try:
            found = {} if self.variant == "batch" else await self._live.name_at(*asked)
        except (RpcError, ToolCrashError) as error:
            self._understand(error)
            return None
        return KnownName(found["declaration"], found["doc"]) if found else None

    async def check_files(
        self, paths: Sequence[Path], named: Container[Path] = ()
    ) -> AsyncIterator[list[Report]]:
        """Check files on disk with an ordinary run of mypy; see `Tool.check_files`.

        A run would import plugins, also in an untrusted folder. There, the live worker, which does
        not need them, checks the files as if they were open.

        Raises:
            ToolError: mypy cannot do its work or, raised at the end, some files cannot be read.
        """
        del named
        by_path, failures = await asyncio.to_thread(read_documents, paths)
        if self.launch.plugins:
            # Other files may import a file that cannot be read.
            texts = dict.fromkeys(failures, PLACEHOLDER)
            yield list((await self._batch.check(by_path, texts, waited_for=True)).values())
        else:
            yield await self.check(list(by_path.values()))
        if failures:
            raise ToolError("\n".join(failures.values()))

    def disk_changed(self) -> None:
        """Notify mypy of changed files on disk."""
        self._live.disk_changed()

    def saved(self) -> None:
        """After a save, compare the live findings with those of a run."""
        self._saved = True
        self._compare_later()

    async def stop(self) -> None:
        """Stop the processes."""
        if self._pause:
            self._pause.cancel()
        if self._comparing:
            self._comparing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._comparing
        if self._ending:
            await self._ending
        await self._live.stop()
        await self._batch.stop()

    def _documents(self, documents: Sequence[Document]) -> Documents:
        return {path_of(each.uri, self.launch.root): each for each in documents}

    def _note_success(self) -> None:
        self._sound += 1
        if self._sound >= SOUND:
            self._crashes = 0
        if self.variant != self._live.variant:
            level = logging.WARNING if self._live.variant == "d1" else logging.INFO
            log.log(level, "mypy %s checks live, variant %s", self.version, self._live.variant)
            self.variant = self._live.variant

    @property
    def version(self) -> str:  # type: ignore[override] # others set theirs
        """Mypy's version, once it is known."""
        return self._live.version

    def _understand(self, error: RpcError | ToolCrashError) -> None:
        """Raise the error for a failure of the worker; return if the command must be run instead.

        Raises:
            ToolCrashError: mypy had an internal error; a new worker may succeed.
            ToolError: The configuration is wrong.
        """
        data = error.data if isinstance(error, RpcError) else None
        kind = data.get("kind") if isinstance(data, dict) else None
        if kind == "config":
            raise config_error(str(error), self.launch) from error
        if kind == "internal" or isinstance(error, ToolCrashError):
            if kind == "internal":
                self._live.note_failure()
                error = ToolCrashError(f"an internal error of mypy: {error}")
            # A process may be killed for unrelated reasons, but hardly twice before it answers.
            in_a_row = kind == "internal" or not self._sound
            self._crashes = self._crashes + 1 if in_a_row else 1
            self._sound = 0
            if self._crashes < CRASHES:
                raise error
            self._crashes = 0
            if not self._live.slowed:
                self._live.slowed = True
                log.warning("mypy keeps failing (%s); its slower variant is used", error)
                raise error
        self.variant = "batch"
        self._ending = asyncio.create_task(self._live.stop())
        log.warning("mypy cannot check live (%s); each check is a run of its own", error)

    def _compare_later(self) -> None:
        """Schedule a comparison after a time without changes."""
        for waiting in (self._comparing, self._pause):
            if waiting:
                waiting.cancel()
        pause = max(SAVED_PAUSE_S if self._saved else IDLE_PAUSE_S, self._allowance.wait_s())
        self._pause = asyncio.get_running_loop().call_later(pause, self._start_comparing)

    def _start_comparing(self) -> None:
        self._saved = False
        documents = self._live.documents
        if not documents.keys() <= self._live.reports.keys():
            self._compare_later()  # the worker is busy, and has no result to compare yet
        elif self.variant != "batch" and documents and self.launch.plugins:
            self._comparing = asyncio.create_task(self._compare())

    async def _compare(self) -> None:
        """Compare with a run of mypy. If the findings differ, publish the run's and restart."""
        by_path = dict(self._live.documents)
        texts = {path: document.text for path, document in by_path.items()}
        try:
            with self._allowance.spending():
                truth = await self._batch.check(by_path, texts)
        except ToolError as error:
            log.info("mypy's findings could not be compared with those of a run: %s", error)
            return
        live = self._live.reports
        if by_path != self._live.documents or not all(
            path in live and live[path].parsed for path in by_path
        ):
            return
        wrong = [path for path in by_path if key(live[path]) != key(truth[path])]
        news = {(path, *each) for path in wrong for each in difference(live[path], truth[path])}
        live |= {path: truth[path] for path in wrong}
        self._on_reports([truth[path] for path in wrong])
        if news <= self._differed:
            return  # a new build would differ in the same way
        self._differed |= news
        for path, code, message in news:
            log.warning(
                "mypy's live findings in %s were not those of a run: %s [%s]", path, message, code
            )
        self._live.rebuild()
