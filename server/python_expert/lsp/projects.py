"""The projects of an editor's documents, and each project's settings."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.config import scripts, sources
from python_expert.config.settings import schema
from python_expert.isolation import FaultBarrier
from python_expert.project.events import Events, Problem
from python_expert.project.project import Project
from python_expert.text.paths import ancestors, exists, is_safe, package_root, to_path
from python_expert.tools.early_workers import end_if_unused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from python_expert.config.environments import FoundPython
    from python_expert.config.layers import Layer
    from python_expert.config.settings import Settings
    from python_expert.lsp.client import Client
    from python_expert.text.document import Document
    from python_expert.tools.base import Tool

log = logging.getLogger(__name__)

MARKERS = ("pyproject.toml", "setup.cfg", "setup.py", ".git")
"""Files that mark a project's folder, for a file outside every workspace folder."""

IDLE_S = 300.0
"""Seconds without an open document after which a project in a workspace folder is stopped."""


_LOOKED = FaultBarrier("looking at a project's configuration files")
_MOVED = FaultBarrier("finding the project of a document")
_CONFIGURED = FaultBarrier("applying the settings of a project")
_DISK = FaultBarrier("checking a project's files on disk")
_RESTARTED = FaultBarrier("restarting a project's tools")
_STOPPED = FaultBarrier("ending a project")


class Projects:
    """The projects of one editor.

    Each folder with a pyproject.toml in a workspace folder is a separate project, so the parts of a
    monorepo have their own settings, environments and tools. So is each script that has its own
    environment; its settings are those of its folder's project.

    Args:
        events: Receives the findings.
        client: The client's capabilities.
        kinds: The available tools.
    """

    def __init__(self, events: Events, client: Client, kinds: Sequence[type[Tool]]) -> None:
        self.specs = tuple(kind.spec for kind in kinds)
        self.schema = schema(self.specs)
        self._kinds = kinds
        self.folders: dict[str, Path] = {}
        self.layers: list[Layer] = []
        self.scoped: Mapping[str, Layer] = {}
        self._events = events
        self._client = client
        # The projects by root; a script that is a project of its own is its own key.
        self._projects: dict[Path, Project] = {}
        self._of: dict[str, Project] = {}
        self._left: dict[Project, float] = {}
        self._scripts: dict[Path, FoundPython] = {}
        self._nowhere: Path | None = None

    def set_folders(
        self, added: Sequence[Mapping[str, str]], removed: Sequence[Mapping[str, str]]
    ) -> None:
        """Add and remove workspace folders, as LSP describes them."""
        for folder in removed:
            self.folders.pop(folder["uri"], None)
        for folder in added:
            if path := to_path(folder["uri"]):
                self.folders[folder["uri"]] = path

    def changed(self, document: Document) -> None:
        """Check a document that was opened or changed."""
        self.of(document.uri).changed(document)

    def closed(self, uri: str) -> None:
        """Forget a closed document."""
        if (project := self._of.pop(uri, None)) is not None:
            project.closed(uri)
            self._left[project] = time.monotonic()

    @property
    def all(self) -> tuple[Project, ...]:
        """All current projects."""
        return tuple(self._projects.values())

    def of(self, uri: str) -> Project:
        """Return the project of a document, created when it is first needed."""
        if uri not in self._of:
            place = self._place(uri)
            if place not in self._projects:
                self._projects[place] = self._make(self._root(uri), self._scripts.get(place))
            self._of[uri] = self._projects[place]
        return self._of[uri]

    async def find_script(self, document: Document) -> None:
        """Make a document a separate project if it is a script that has an environment."""
        path = to_path(document.uri)
        if path is None or not (path in self._scripts or scripts.is_script(document.text)):
            return
        trusted = self.settings(document.uri).trusted
        found = await asyncio.to_thread(scripts.find, path) if trusted else None
        if found is None:
            self._scripts.pop(path, None)
        else:
            self._scripts[path] = found
        if (project := self._of.get(document.uri)) is not None:
            self._move(document.uri, project)

    def settings(self, uri: str | None) -> Settings:
        """Return the settings for a document or folder; those of the first folder for None."""
        uri = uri or next(iter(self.folders), None)
        if uri is None:
            return sources.merge(self.layers, self.schema)[0]
        root = self.folders.get(uri) or self._root(uri)
        project = self._projects.get(root)
        return project.settings if project else self.settings_at(root)

    def settings_at(self, root: Path) -> Settings:
        """Read the settings of the project with a root again; errors in them are reported."""
        folder = self._folder(root)
        scoped = [
            layer for uri, layer in self.scoped.items() if self.folders.get(uri, "") == folder
        ]
        settings, faults = sources.load(root, [*self.layers, *scoped], self.schema)
        for fault in faults:
            self._events.problem(Problem(None, fault))
        if root == self._nowhere:  # folders above it may belong to other users
            settings = replace(settings, trusted=False)
        return settings

    def root_of(self, path: Path) -> Path:
        """Return the root of the project that a file belongs to."""
        folder = self._folder(path)
        for above in ancestors(path.parent):
            if above == folder:
                return folder
            markers = MARKERS if folder is None else MARKERS[:1]
            found = [above / marker for marker in markers if exists(above / marker)]
            if any(folder or is_safe(marker, path.parent) for marker in found):
                return above
        return package_root(path)

    async def poll(self) -> None:
        """Check for changed configuration files on disk, and stop projects that are not needed."""
        await self.prune()
        changed = [_LOOKED.call(None, project.config_files.poll) for project in self.all]
        if any(changed):
            log.info("configuration files have changed")
            await self.configure()

    async def configure(self) -> None:
        """Apply the current settings to all projects, and assign each document to its project."""
        for uri, project in tuple(self._of.items()):
            _MOVED.call(None, self._move, uri, project)
        for document in [each for project in self.all for each in project.documents]:
            await _MOVED.ask(None, self.find_script, document)
        await asyncio.gather(*(_CONFIGURED.ask(None, self._configure, each) for each in self.all))
        await self.prune()

    def _move(self, uri: str, project: Project) -> None:
        """Move a document to the project that it now belongs to."""
        if project is not self._projects.get(self._place(uri)):
            document = next((each for each in project.documents if each.uri == uri), None)
            self.closed(uri)
            if document is not None:
                self.changed(document)

    async def _configure(self, project: Project) -> None:
        await project.configure(self.settings_at(project.root))

    async def prune(self) -> None:
        """Stop the projects that have no open document.

        Projects in a workspace folder are kept for a while, as users often return to them. The
        project of the folder itself is always kept.
        """
        kept, now = set(self.folders.values()), time.monotonic()
        idle = [
            place
            for place, project in self._projects.items()
            if place not in kept
            and not project.documents
            and (self._folder(place) is None or now - self._left.setdefault(project, now) >= IDLE_S)
        ]
        for project in [self._projects.pop(place) for place in idle]:
            log.info("no document of project %s is open", project.root)
            self._left.pop(project, None)
            self._of = {uri: of for uri, of in self._of.items() if of is not project}
            await _STOPPED.ask(None, project.stop)
        if idle:
            self._events.status()

    def disk_changed(self) -> None:
        """Notice that Python files have changed on disk."""
        for project in self._projects.values():
            _DISK.call(None, project.disk_changed)

    async def restart(self) -> None:
        """Stop all tools and restart them for the open documents."""
        await asyncio.gather(*(_RESTARTED.ask(None, project.restart) for project in self.all))

    async def stop(self) -> None:
        """Stop all projects."""
        await asyncio.gather(*(_STOPPED.ask(None, project.stop) for project in self.all))
        if self._nowhere is not None:
            with contextlib.suppress(OSError):  # it may be deleted, or contain other files
                self._nowhere.rmdir()
            self._nowhere = None

    def _make(self, root: Path, own_python: FoundPython | None) -> Project:
        log.info("project %s%s", root, f" ({own_python.path})" if own_python else "")
        settings = self.settings_at(root)
        encoding = self._client.encoding
        made = Project(root, settings, self._events, self._kinds, encoding, own_python=own_python)
        end_if_unused(made.tools)
        return made

    def _make_temporary(self) -> Path:
        """Create a folder for unsaved buffers, used if there is no workspace folder."""
        if self._nowhere is None:
            self._nowhere = Path(tempfile.mkdtemp(prefix="python-expert-"))
        return self._nowhere

    def _folder(self, path: Path) -> Path | None:
        """Return the innermost workspace folder that contains a path."""
        holding = [folder for folder in self.folders.values() if path.is_relative_to(folder)]
        return max(holding, key=lambda folder: len(folder.parts), default=None)

    def _place(self, uri: str) -> Path:
        """Return the key of a document's project: its root, or the document for a script."""
        path = to_path(uri)
        return path if path in self._scripts else self._root(uri)

    def _root(self, uri: str) -> Path:
        path = to_path(uri)
        if path is None:
            return next(iter(self.folders.values()), None) or self._make_temporary()
        return self.root_of(path)
