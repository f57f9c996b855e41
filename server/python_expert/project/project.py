"""A project: the settings, interpreter, tools and open documents of one root.

The language server and the command line both have a Project for each root: they pass documents to
it, and receive its reports.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from python_expert.config import interpreters
from python_expert.config.tool_files import ConfigFiles
from python_expert.config.tool_spec import Trigger
from python_expert.isolation import FaultBarrier, ToolBarriers
from python_expert.project.checks import Checks, nothing_found
from python_expert.project.events import Events, Problem, State, ToolStatus
from python_expert.project.exclusions import Exclusions
from python_expert.project.gate_tools import NO_EVENTS, GateTools
from python_expert.text.columns import Encoding
from python_expert.text.paths import is_library, scheme, to_path
from python_expert.tools.base import ToolEvents, WatchesDisk, WatchesEdits, WatchesSaves
from python_expert.tools.context import ToolContext

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from python_expert.config.environments import FoundPython
    from python_expert.config.interpreters import Environment
    from python_expert.config.python_versions import RequiredPython
    from python_expert.config.settings import Settings
    from python_expert.diagnostics.finding import Report, ToolName
    from python_expert.text.document import Document
    from python_expert.tools.base import Tool

log = logging.getLogger(__name__)

OUR_ERROR = "it cannot be used because of an error in Python Expert; the log has the details"

_WATCHED = FaultBarrier("watching a folder's configuration files")
_MADE, _STOPPED = ToolBarriers("starting {}"), ToolBarriers("ending {}")
_CHECKED = ToolBarriers("passing a document to {}")
_CLOSED = ToolBarriers("closing a document in {}")
_DISK = ToolBarriers("telling {} about files on disk")


class Project:
    """One project: its settings, environment and tools.

    Args:
        root: The project's folder.
        settings: Its settings.
        events: Receives the findings.
        kinds: The available tools.
        encoding: The editor's position encoding.
        own_python: The Python of the script's environment, if the project is a single script.
    """

    def __init__(
        self,
        root: Path,
        settings: Settings,
        events: Events,
        kinds: Sequence[type[Tool]],
        encoding: Encoding = Encoding.UTF32,
        *,
        own_python: FoundPython | None = None,
    ) -> None:
        self.root = root
        self._own_python = own_python
        self.kinds = {kind.spec.name: kind for kind in kinds}
        self.status = {name: ToolStatus() for name in self.kinds}
        self.tools: dict[ToolName, Tool] = {}
        self._gate_only = GateTools(self.kinds)
        self._events = events
        self._encoding = encoding
        self._open: dict[str, Document] = {}  # as the tools last received them
        self._specs = tuple(kind.spec for kind in kinds)
        self.config_files = ConfigFiles(root, self._specs)
        self._checks = Checks(events, self.status, self.graded, self._is_excluded)
        self._set_up(settings)

    async def configure(self, settings: Settings) -> None:
        """Apply new settings or changed configuration files, and check the open documents again.

        Only tools whose start-up would differ are restarted. Without changes this does nothing.
        """
        found = interpreters.resolve(self.root, settings, self._specs, self._own_python)
        known = (self.settings, self.environment, self._changes)
        if (settings, found, self.config_files.changes) == known:
            return
        self._checks.cancel()
        replaced = self._set_up(settings)
        for document in self.documents:
            off = [name for name in self.kinds if name not in self.tools]
            # A tool that runs on command only would keep the findings of the old settings.
            off += [each.name for each in replaced if each.spec.when is Trigger.COMMAND]
            self._events.reports([nothing_found(name, document) for name in off])
            self.changed(document)
        await _stop(replaced)

    def _set_up(self, settings: Settings) -> list[Tool]:
        """Find and create the tools; return those that are no longer needed."""
        found = interpreters.resolve(self.root, settings, self._specs, self._own_python)
        self.place = ToolContext(self.root, settings, found, self.config_files, self._encoding)
        self._changes = dict(self.config_files.changes)
        self.exclusions = self._find_exclusions()
        for warning in found.warnings:
            self._events.problem(Problem(None, warning))
        replaced = self._gate_only.release()
        for name, kind in self.kinds.items():
            old = self.tools.pop(name, None)
            enabled = settings.tools.of(name).enabled and self.place.may_run(kind.spec)
            new = _MADE[name].call(None, self._make, kind) if enabled else None
            if old is not None and new is not None and old.launch == new.launch:
                new = old
            elif old is not None:
                replaced.append(old)
            if new is not None:
                self.tools[name] = new
                log.info("%s: %s (%s)", name, found.tools[name].path, found.tools[name].why)
            missing = (
                ToolStatus(State.FAILED, message=OUR_ERROR) if enabled else ToolStatus(State.OFF)
            )
            self.status[name] = ToolStatus(State.READY) if new else missing
        self._events.status()
        return replaced

    def _make(self, kind: type[Tool]) -> Tool:
        name = kind.spec.name

        def reading(message: str | None) -> None:
            self._events.reading(name, message)

        def show_message(message: str) -> None:
            self._events.problem(Problem(name, message))

        return kind.make(self.place, ToolEvents(self._checks.receive, reading, show_message))

    def gate_tools(self) -> dict[ToolName, Tool | None]:
        """Return the tools that judge rewrites, including disabled ones.

        None stands for a tool that cannot be created.
        """

        def make(kind: type[Tool]) -> Tool | None:
            return _MADE[kind.spec.name].call(None, kind.make, self.place, NO_EVENTS)

        return self._gate_only.beside(self.tools, self.place, make)

    def _find_exclusions(self) -> Exclusions:
        """Return the excluded files, resolved by the first tool that finds files."""
        (name, finder), *_ = [(name, kind.files) for name, kind in self.kinds.items() if kind.files]
        return Exclusions(finder, self.place.program(name), self.root)

    async def _is_excluded(self, uri: str) -> bool:
        """Return whether the current settings exclude a document."""
        return await self.exclusions.is_excluded(uri)

    @property
    def settings(self) -> Settings:
        """Its settings."""
        return self.place.settings

    @property
    def environment(self) -> Environment:
        """Its interpreter, and the tools' programs."""
        return self.place.environment

    @property
    def documents(self) -> tuple[Document, ...]:
        """The open documents."""
        return tuple(self._open.values())

    def latest(self, name: str, document: Document) -> Report | None:
        """Return a tool's report on this version of a document, if there is one already."""
        current = self._open.get(document.uri) is document
        return self._checks.latest(name, document) if current else None

    def config(self, name: str, path: Path | None) -> Path | None:
        """Return the configuration file of a tool for a file, or None; see `ToolContext.config`."""
        return self.place.config(name, path)

    def is_expert(self, name: str, path: Path | None) -> bool:
        """Return whether the expert profile applies to a file; see `ToolContext.is_expert`."""
        return self.place.is_expert(name, path)

    def oldest_python(self, path: Path | None) -> tuple[int, int] | None:
        """Return the version of `required_python`."""
        found = self.required_python(path)
        return found.version if found else None

    def required_python(self, path: Path | None) -> RequiredPython | None:
        """Return the oldest Python that a file must run on, if the project's files configure it.

        Reads files, so do not call it on the event loop.
        """
        return self.place.required_python(path)

    def changed(self, document: Document) -> None:
        """Check a document that was opened or changed."""
        if not is_checked(document.uri):
            return
        is_new = document.uri not in self._open
        if is_new and (path := to_path(document.uri)):
            _WATCHED.call(None, self.config_files.watch, path.parent)
        self._open[document.uri] = document
        for tool in self.tools.values():
            if isinstance(tool, WatchesEdits):
                _CHECKED[tool.name].call(None, tool.edited, document)
        self._check_at(
            document, *((Trigger.TYPING, Trigger.SAVING) if is_new else (Trigger.TYPING,))
        )

    def _check_at(self, document: Document, *triggers: Trigger) -> None:
        """Let the tools that are configured for an occasion check a document."""
        for tool in self.tools.values():
            if tool.spec.when in triggers:
                _CHECKED[tool.name].call(None, self._submit, tool, document)

    def closed(self, uri: str) -> None:
        """Forget a closed document, and check the others, which may depend on it."""
        known = self._open.pop(uri, None) is not None
        self.exclusions.forget(uri)
        for tool in self.tools.values():
            _CLOSED[tool.name].call(None, self._forget, tool, uri, known=known)
        for tool in self._gate_only:
            _CLOSED[tool.name].call(None, tool.forget, uri)

    def _forget(self, tool: Tool, uri: str, *, known: bool) -> None:
        self._checks.forget(tool, uri, known=known)
        tool.forget(uri)
        if known and tool.whole_project and self._open and tool.spec.when is Trigger.TYPING:
            self._submit(tool, next(iter(self._open.values())))

    def disk_changed(self) -> None:
        """Check again after files that are not open have changed."""
        for tool in self._gate_only:
            if isinstance(tool, WatchesDisk):
                _DISK[tool.name].call(None, tool.disk_changed)
        for tool in self.tools.values():
            if isinstance(tool, WatchesDisk) and self._open:
                _DISK[tool.name].call(None, tool.disk_changed)
                _CHECKED[tool.name].call(None, self._submit, tool, self.documents[0])

    def saved(self, uri: str) -> None:
        """Check after a document was saved."""
        for tool in self.tools.values():
            if isinstance(tool, WatchesSaves):
                _DISK[tool.name].call(None, tool.saved)
        if (document := self._open.get(uri)) is not None:
            self._check_at(document, Trigger.SAVING)

    async def settled(self, uri: str, names: Sequence[str]) -> None:
        """Wait until the tools have finished with a document."""
        await self._checks.settled(uri, names)

    def graded(self, report: Report) -> Report:
        """Apply the severities of the settings to a report."""
        settings = self.settings.tools.of(report.tool)
        if not settings.severity:
            return report
        findings = (
            finding._replace(severity=settings.severity_of(finding.code) or finding.severity)
            for finding in report.findings
        )
        return report._replace(findings=tuple(findings))

    async def restart(self) -> None:
        """Restart all tools and check the open documents."""
        # The old tools are removed before the first await, so that concurrent edits and settings
        # use the new ones.
        replaced = tuple(self.tools.values())
        self._checks.cancel()
        self.tools.clear()
        unneeded = self._set_up(self.settings)
        for document in self.documents:
            self.changed(document)
        await _stop((*replaced, *unneeded))

    async def stop(self) -> None:
        """Stop all checks and processes."""
        self._checks.cancel()
        await _stop((*self.tools.values(), *self._gate_only.release()))

    def _submit(self, tool: Tool, document: Document) -> None:
        documents = self.documents if tool.whole_project else (document,)
        self._checks.submit(tool, documents, self.settings.tools.of(tool.name).debounce_ms)


async def _stop(tools: Iterable[Tool]) -> None:
    await asyncio.gather(*(_STOPPED[tool.name].ask(None, tool.stop) for tool in tools))


def is_checked(uri: str) -> bool:
    """Return whether a document is checked: unsaved documents, and files outside all libraries."""
    path = to_path(uri)
    return scheme(uri) == "untitled" if path is None else not is_library(path)
