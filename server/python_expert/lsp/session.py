"""One editor's session: its documents, and the flow between it and the tools."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from typing import TYPE_CHECKING, Any

from python_expert.baseline.file import NAME
from python_expert.config.layers import editor_layer
from python_expert.config.tool_files import watched
from python_expert.diagnostics.finding import ON_DISK
from python_expert.diagnostics.store import DiagnosticStore
from python_expert.isolation import FaultBarrier, ToolBarriers
from python_expert.llm.usage import Meter
from python_expert.lsp.configuration import Configuration
from python_expert.lsp.documents import Documents
from python_expert.lsp.feature_context import FeatureContext
from python_expert.lsp.features.closed_files import ClosedFiles
from python_expert.lsp.features.code_actions import Actions
from python_expert.lsp.features.diagnostics import Publisher
from python_expert.lsp.features.hovers import Hovers
from python_expert.lsp.features.quick_fixes import QuickFixes
from python_expert.lsp.features.status import StatusNotifier
from python_expert.lsp.features.tests import TestRuns
from python_expert.lsp.features.visible_findings import VisibleFindings
from python_expert.lsp.features.workspace_diagnostics import WorkspaceCheck
from python_expert.lsp.initialization import workspace_folders
from python_expert.lsp.late_rewrites import LateRewrites
from python_expert.lsp.notebooks.translation import Notebooks
from python_expert.lsp.progress import ReadingProgress
from python_expert.lsp.projects import Projects
from python_expert.lsp.registration import register
from python_expert.lsp.window import Problems, refresh
from python_expert.project.events import Events
from python_expert.text.paths import PYTHON_SUFFIXES, to_path
from python_expert.tools import registry

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence

    from python_expert.diagnostics.finding import Report
    from python_expert.lsp.client import Client
    from python_expert.lsp.protocol import Protocol

log = logging.getLogger(__name__)

POLL_S = 2.0
"""Seconds between two checks of the configuration files, as not every client watches files."""

POLLS_PER_DISK_CHECK = 5
"""The number of configuration polls per check of the Python files, which are many more."""

PULL_DEADLINE_S = 5.0


_TAKEN = ToolBarriers("storing a report of {}")
_READ = FaultBarrier("reading the settings")
_OPENED = FaultBarrier("checking a document that is open")
_IMPORTED = FaultBarrier("importing the rewrites")
_RESTED = FaultBarrier("making ready for a model")
_OUTDATED = FaultBarrier("removing the findings of the workspace check")
_SENT = FaultBarrier("applying the settings that were sent")
_POLLED = FaultBarrier("looking at the configuration files")
_POLLED_BASELINES = FaultBarrier("looking at the baselines")
_DISK = FaultBarrier("checking what depends on files on disk")
_SAVED = FaultBarrier("checking a document that was saved")
_CLOSED = FaultBarrier("closing a document")
_SETTLED = FaultBarrier("waiting for the tools")
_STOPPED = FaultBarrier("stopping what runs")


class Session:
    """The state behind the handlers.

    Args:
        protocol: The connection to the client.
        client: The client's capabilities.
        params: The parameters of ``initialize``.
    """

    def __init__(self, protocol: Protocol, client: Client, params: Mapping[str, Any]) -> None:
        self.client = client
        self.documents = Documents()
        self.documents.encoding = client.encoding
        self._protocol = protocol
        kinds = registry.TOOLS
        rules = {str(kind.spec.name): kind.spec.merging for kind in kinds}
        self._store = DiagnosticStore(rules)
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready = asyncio.Event()
        show_message = Problems(protocol, client, self._spawn).show_message
        meter = Meter()
        self.notebooks = Notebooks(self.documents, protocol.send)
        send = self.notebooks.send
        self._status = StatusNotifier(lambda: self.projects.all, meter, send, enabled=client.status)
        meter.changed = self._status.changed
        reading = ReadingProgress(protocol, enabled=client.progress)
        events = Events(self._reported, show_message, reading.update, self._status.changed)
        self.projects = Projects(events, client, kinds)
        self.visible = VisibleFindings(
            self._store, self.projects, rules, self._visibility_changed, show_message
        )
        self._status.known = self.visible.describe
        self._watched = (*watched(self.projects.specs), NAME)
        initial = editor_layer(params.get("initializationOptions"), "initializationOptions")
        self._configuration = Configuration(
            protocol, self.projects, initial, asked=client.configuration, on_change=self._configure
        )
        self.projects.set_folders(workspace_folders(params), ())
        self._publisher = Publisher(
            self.visible,
            self.documents,
            client,
            send,
            lambda: self._spawn(refresh(protocol, "diagnostic")),
        )
        self.quick_fixes = QuickFixes(self.visible.of, self.documents, self.projects, client)
        context = FeatureContext(protocol, self.documents, self.projects, client, self._ready)
        self.actions = Actions(context, self._publisher, self.quick_fixes, self.visible)
        self.hovers = Hovers(self.actions, self.quick_fixes, context)
        self.rewrites = LateRewrites(lambda made: made(context, meter))
        self._closed = ClosedFiles(self.documents, client, send)
        self.workspace_check = WorkspaceCheck(context, self._closed, self.visible, show_message)
        self.tests = TestRuns(context)

    def initialized(self) -> None:
        """Handle ``initialized``: the client accepts requests now."""
        self._spawn(self._begin())

    def opened(self, params: Mapping[str, Any]) -> None:
        """Check a document that was opened."""
        uri = params["textDocument"]["uri"]
        self.closed(uri)  # in case the client has not reported it
        _OUTDATED.call(None, self.workspace_check.outdated, uri)
        self._closed.opened(uri)
        document = self.documents.open(params)
        self.rewrites.edited(uri)
        if document is not None and self._ready.is_set():
            self.projects.changed(document)
            self.tests.changed(uri)
            self._spawn(_OPENED.ask(None, self.projects.find_script, document))

    def changed(self, params: Mapping[str, Any]) -> None:
        """Check a document that was changed."""
        document = self.documents.change(params)
        if document is None or not self._ready.is_set():
            return
        self.rewrites.edited(document.uri)
        if not document.journal:  # the version has not increased: for tools it is a new document
            self.projects.closed(document.uri)
            self._store.forget(document.uri)
        self.projects.changed(document)
        self.tests.changed(document.uri)

    def closed(self, uri: str) -> None:
        """Forget a document that was closed, and remove its findings."""
        if self.documents.get(uri) is None:
            return
        self.documents.close(uri)
        self._store.forget(uri)
        self._publisher.clear(uri)
        _CLOSED.call(None, self.projects.closed, uri)  # the remaining findings stay visible
        self._spawn(self.projects.prune())

    def saved(self, uri: str) -> None:
        """Check after a document was saved; other files may have been saved as well."""
        self._spawn(self._poll())
        _DISK.call(None, self.projects.disk_changed)
        if (document := self.documents.get(uri)) is not None:
            _SAVED.call(None, lambda: self.projects.of(uri).saved(uri))
            self._spawn(self.tests.saved(uri))
            self._spawn(_SAVED.ask(None, self.projects.find_script, document))

    def files_changed(self, uris: Sequence[str]) -> None:
        """Handle changes of watched files on disk."""
        for uri in uris:
            _OUTDATED.call(None, self.workspace_check.outdated, uri)
        paths = [path for uri in uris if (path := to_path(uri))]
        if any(path.name in self._watched for path in paths):
            self._spawn(self._poll())
        if any(path.suffix in PYTHON_SUFFIXES for path in paths):
            _DISK.call(None, self.projects.disk_changed)

    def folders_changed(self, event: Mapping[str, Any]) -> None:
        """Handle added or removed workspace folders."""
        self.projects.set_folders(event["added"], event["removed"])
        _OUTDATED.call(None, self.workspace_check.folders_changed)
        self._spawn(self._configuration.fetch())

    def configuration_changed(self, settings: object) -> None:
        """Handle changed settings: some clients send them, from others they must be requested."""
        _SENT.call(None, self._configuration.received, settings)
        self._spawn(self._configuration.fetch())

    async def pulled(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Answer ``textDocument/diagnostic`` after waiting for the fast tools only.

        If the client does not support refreshing, the answer waits for all tools.
        """
        uri = params["textDocument"]["uri"]
        if self.documents.get(uri) is not None:
            again = self.client.refresh
            names = [spec.name for spec in self.projects.specs if spec.instant or not again]
            await _SETTLED.ask(None, self._settled, uri, names)
        document = self.documents.get(uri)
        if document is None:
            return {"kind": "full", "items": []}
        self.rewrites.allow_import()
        return self._publisher.answer(document, params.get("previousResultId"))

    async def stop(self) -> None:
        """Stop everything that runs."""
        self._ready.clear()
        self._status.stop()
        self.visible.stop()
        self._configuration.stop()
        for task in self._tasks:
            task.cancel()
        parts = (self.projects.stop, self.rewrites.stop, self.workspace_check.stop, self.tests.stop)
        await asyncio.gather(*(_STOPPED.ask(None, part) for part in parts))

    async def _settled(self, uri: str, names: Sequence[str]) -> None:
        """Wait for a limited time until the tools have finished with a document."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PULL_DEADLINE_S):
                await self._ready.wait()
                await self.visible.read(uri)
                await self.projects.of(uri).settled(uri, names)

    async def _begin(self) -> None:
        """Get the settings, check the open documents, then watch the files."""
        await _READ.ask(None, self._configuration.fetch)
        await _READ.ask(None, self.projects.configure)  # the tools that were requested before
        self._ready.set()
        for document in self.documents:
            _OPENED.call(None, self.projects.changed, document)
            _OPENED.call(None, self.tests.changed, document.uri)
            await _OPENED.ask(None, self.projects.find_script, document)
        self._spawn(_IMPORTED.ask(None, self.rewrites.prepare))
        self._spawn(register(self._protocol, self.client, self._watched))
        for turn in itertools.count(1):
            await asyncio.sleep(POLL_S)
            await self._poll()
            await _RESTED.ask(None, self.rewrites.rest)
            if not self.client.watch_files and turn % POLLS_PER_DISK_CHECK == 0:
                _DISK.call(None, self.projects.disk_changed)

    async def _configure(self) -> None:
        if self._ready.is_set():
            await self.projects.configure()

    def _reported(self, reports: Sequence[Report]) -> None:
        for report in reports:
            _TAKEN[report.tool].call(None, self._take, report)

    def _take(self, report: Report) -> None:
        if report.version == ON_DISK:
            self._closed.report(report)
            return
        document = self.documents.get(report.uri)
        # A report from before the document was closed and reopened is invalid.
        if document is not None and document.steps_since(report.version) is not None:
            self._store.put(report, whole=self.visible.has_known(report.uri))
            self._publisher.update(report.uri)
            self.rewrites.allow_import()

    def _visibility_changed(self) -> None:
        self._publisher.update_all()
        self._status.changed()

    async def _poll(self) -> None:
        await _POLLED.ask(None, self.projects.poll)
        _POLLED_BASELINES.call(None, self.visible.poll)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine in the background; errors are logged."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a background task failed", exc_info=error)
