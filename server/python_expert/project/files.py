"""Checking files, folders and standard input from the shell, with the editor's tools."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.config import sources
from python_expert.config.settings import schema
from python_expert.diagnostics.store import DiagnosticStore
from python_expert.processes.command import ToolError
from python_expert.processes.jsonrpc import RpcError
from python_expert.project.events import Events
from python_expert.project.project import Project
from python_expert.text.decoding import readable
from python_expert.text.document import Document
from python_expert.text.paths import (
    ancestors,
    exists,
    is_safe,
    package_root,
    to_path,
    to_uri,
)

if TYPE_CHECKING:
    from collections.abc import (
        AsyncIterator,
        Callable,
        Collection,
        Container,
        Iterable,
        Mapping,
        Sequence,
    )

    from python_expert.config.settings import Settings
    from python_expert.diagnostics.deduplication import MergeRules
    from python_expert.diagnostics.finding import Finding, Report, ToolName
    from python_expert.tools.base import Tool

log = logging.getLogger(__name__)

STDIN_URI = "untitled:stdin"


class NewFindings(NamedTuple):
    """Findings that have just become known.

    Attributes:
        tool: The tool whose run brought them.
        found: Each with the path of its file.
        files: How many files the tool is done with.
        error: Why the tool could not do its work, or empty.
        tools: How many tools look at these files.
    """

    tool: ToolName
    found: list[tuple[Path, Finding]]
    files: int = 0
    error: str = ""
    tools: int = 1


class FileChecker:
    """One run over some files.

    Args:
        kinds: The tools that there are.
        names: Those to run.
        warn: Called with what the user should know.
        rooted: Which project a file belongs to.
        settings: A project's settings; if not given, those of its pyproject.toml.
    """

    def __init__(
        self,
        kinds: Sequence[type[Tool]],
        names: Collection[str],
        warn: Callable[[str], None],
        *,
        rooted: Callable[[Path], Path] | None = None,
        settings: Callable[[Path], Settings] | None = None,
    ) -> None:
        self.projects: list[Project] = []
        self._kinds = kinds
        self._schema = schema(tuple(kind.spec for kind in kinds))
        self._names = names
        self._named: set[Path] = set()
        self._warn = warn
        self._rooted = rooted or root_of
        self._settings = settings or self._own_settings

    async def files(self, paths: Iterable[Path]) -> list[Path]:
        """The Python files to check: those named, and in folders those that are not excluded.

        Raises:
            ToolError: A path does not exist, or a folder cannot be searched.
        """
        found: dict[Path, None] = {}
        for path in map(_absolute, paths):
            if not await asyncio.to_thread(path.exists):
                raise ToolError(f"{path} does not exist")
            if await asyncio.to_thread(path.is_dir):
                project = self.project(self._rooted(path / "x.py"))
                found |= dict.fromkeys(await project.exclusions.search(path))
            else:
                found[path] = None
                self._named.add(path)
        return list(found)

    async def check(self, paths: Sequence[Path]) -> AsyncIterator[NewFindings]:
        """Check files as they are on disk, all tools at once."""
        groups: dict[Path, list[Path]] = {}
        for path in paths:
            groups.setdefault(self._rooted(path), []).append(path)
        for root, files in groups.items():
            check = partial(_check_files, files, self._named)
            async for batch in self._run(root, check):
                yield batch

    async def check_text(self, path: Path | None, text: str) -> AsyncIterator[NewFindings]:
        """Check a text that is not in the file it is named after, if it is named."""
        document = Document.of(to_uri(path) if path else STDIN_URI, 0, text)

        async def check(tool: Tool) -> AsyncIterator[list[Report]]:
            yield await tool.check([document])

        async for batch in self._run(self._rooted(path) if path else Path.cwd(), check, document):
            yield batch

    async def stop(self) -> None:
        """End the tools."""
        await asyncio.gather(*(project.stop() for project in self.projects))

    async def _run(
        self,
        root: Path,
        work: Callable[[Tool], AsyncIterator[list[Report]]],
        document: Document | None = None,
    ) -> AsyncIterator[NewFindings]:
        """Let the tools of a project work side by side; yields what is new, each problem once."""
        project = self.project(root)
        queue: asyncio.Queue[_Event] = asyncio.Queue()
        tools = [tool for name, tool in project.tools.items() if name in self._names]
        tasks = [asyncio.create_task(_feed(queue, tool.name, work(tool))) for tool in tools]
        rules = {str(kind.spec.name): kind.spec.merging for kind in self._kinds}
        merging = _Merging({tool.name for tool in tools}, rules, document)
        try:
            while merging.running:
                event = await queue.get()
                found = merging.take(event._replace(reports=[*map(project.graded, event.reports)]))
                yield NewFindings(event.tool, found, len(event.reports), event.error, len(tools))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def project(self, root: Path) -> Project:
        """The project with a root, made when it is first asked for."""
        for project in self.projects:
            if project.root == root:
                return project
        events = Events(lambda _reports: None, lambda problem: self._warn(problem.message))
        self.projects.append(Project(root, self._settings(root), events, self._kinds))
        return self.projects[-1]

    def _own_settings(self, root: Path) -> Settings:
        settings, faults = sources.load(root, [], self._schema)
        for fault in faults:
            self._warn(fault)
        return settings


class _Event(NamedTuple):
    """A tool has reports, or (without any) is done."""

    tool: ToolName
    reports: Sequence[Report] = ()
    error: str = ""


def _check_files(
    files: Sequence[Path], named: Container[Path], tool: Tool
) -> AsyncIterator[list[Report]]:
    """Check files; what cannot be found is told by the tool that finds files.

    That leaves out by itself what the project excludes, but not where the user has named it. Of
    the others mypy, say, would check nothing if one file were missing.
    """
    return tool.check_files(files if tool.files else [*filter(exists, files)], named)


async def _feed(
    queue: asyncio.Queue[_Event], name: ToolName, work: AsyncIterator[list[Report]]
) -> None:
    error = ""
    try:
        async for reports in work:
            if reports:
                await queue.put(_Event(name, reports))
    except (ToolError, RpcError) as fault:
        error = str(fault)
    except Exception as fault:  # the other tools are no worse for it
        log.exception("%s: checking failed", name)
        error = f"an error of Python Expert itself: {fault!r}"
    await queue.put(_Event(name, error=error))


class _Merging:
    """Decides which findings can be shown already.

    Of two findings of the same problem one tool's is shown, so the other waits until that tool is
    done; a comment of the other's may silence both, so in a file that has one the first waits too.

    Args:
        running: The tools that are at work.
        rules: How their findings are merged.
        document: The text that is checked, if it is not in files.
    """

    def __init__(
        self, running: set[ToolName], rules: Mapping[str, MergeRules], document: Document | None
    ) -> None:
        self.running = running
        self._rules = rules
        self._document = document
        self._store = DiagnosticStore(rules, sys.maxsize)
        # What was passed on already, as each finding is shown once.
        self._shown: dict[str, set[Finding]] = {}

    def take(self, event: _Event) -> list[tuple[Path, Finding]]:
        """Take an event; returns the findings that can be shown because of it."""
        for report in event.reports:
            self._store.put(report)
            self._shown.setdefault(report.uri, set())
        if not event.reports:
            self.running.discard(event.tool)
        uris = [report.uri for report in event.reports] or list(self._shown)
        return [found for uri in uris for found in self._news(uri)]

    def _news(self, uri: str) -> list[tuple[Path, Finding]]:
        path = to_path(uri) or Path("<stdin>")
        document = self._document or read(uri, path)
        shown = self._shown[uri]
        waits: dict[str, bool] = {}
        news = []
        for finding in sorted(self._store.findings(document), key=lambda each: each.range):
            tool = finding.tool
            if tool not in waits:
                waits[tool] = self._waits(tool, document)
            if not waits[tool] and finding not in shown:
                shown.add(finding)
                news.append((path, finding))
        return news

    def _waits(self, tool: str, document: Document) -> bool:
        """Whether a tool that still runs may report or silence what this one has found."""
        if self._rules[tool].preferred in self.running:
            return True
        return any(
            rules.preferred == tool and rules.comment and rules.comment in document.text
            for rules in (self._rules[name] for name in self.running)
        )


def root_of(path: Path) -> Path:
    """The project of a file: the nearest folder with a pyproject.toml, else the working one.

    For a file outside that one too, it is where its package lies.
    """
    for folder in ancestors(path.parent):
        marker = folder / "pyproject.toml"
        if marker.is_file() and is_safe(marker, path.parent):
            return folder
    here = Path.cwd()
    return here if path.is_relative_to(here) else package_root(path)


def read(uri: str, path: Path) -> Document:
    """A file as it is on disk; one that has been deleted meanwhile is empty."""
    try:
        return Document.of(uri, 0, readable(path.read_bytes()))
    except OSError:
        return Document.of(uri, 0, "")


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - must not follow links
