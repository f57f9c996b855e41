"""Checking files, folders and standard input from the shell, with the editor's tools."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from python_expert.config import scripts, sources
from python_expert.config.config_faults import from_here, is_outdated
from python_expert.config.settings import schema
from python_expert.processes.command import ToolError
from python_expert.project import notebook_files
from python_expert.project.events import Events
from python_expert.project.merging import Merging, ToolUpdate, feed
from python_expert.project.project import Project
from python_expert.text.document import Document
from python_expert.text.paths import (
    NOTEBOOK,
    ancestors,
    exists,
    is_python,
    is_safe,
    package_root,
    to_uri,
)
from python_expert.tools.files import FixesFiles

if TYPE_CHECKING:
    from collections.abc import (
        AsyncIterator,
        Callable,
        Collection,
        Iterable,
        Mapping,
        Sequence,
    )

    from python_expert.config.environments import FoundPython
    from python_expert.config.settings import Settings
    from python_expert.diagnostics.finding import Finding, Report, ToolName
    from python_expert.project.events import Problem
    from python_expert.project.known_findings import KnownFindings
    from python_expert.text.notebook import Notebook
    from python_expert.tools.base import Tool

STDIN_URI = "untitled:stdin"


class NewFindings(NamedTuple):
    """New findings of a run over files.

    Attributes:
        tool: The tool that has just reported.
        found: The findings, each with the path of its file.
        files: The number of files that the tool has checked.
        error: The reason why the tool could not do its work, or empty.
        tools: The number of tools that check these files.
    """

    tool: ToolName
    found: list[tuple[Path, Finding]]
    files: int = 0
    error: str = ""
    tools: int = 1


class FileChecker:
    """One run over some files.

    Args:
        kinds: The available tools.
        names: The tools to run.
        warn: Called with warnings for the user.
        rooted: The root of the project that a file belongs to.
        settings: A project's settings; if not given, those of its pyproject.toml.
        arguments: Further command-line arguments for tools.
        known: The known findings, which are not reported; by default, there are none.
        selects: Decides whether a finding is selected. Other findings do not replace duplicates.

    Attributes:
        notebooks: The notebooks in searched folders, which are checked only if they are named.
        misconfigured: Whether a tool has ignored wrong parts of its configuration.
    """

    def __init__(
        self,
        kinds: Sequence[type[Tool]],
        names: Collection[str],
        warn: Callable[[str], None],
        *,
        rooted: Callable[[Path], Path] | None = None,
        settings: Callable[[Path], Settings] | None = None,
        arguments: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
        known: KnownFindings | None = None,
        selects: Callable[[Finding], bool] = lambda _finding: True,
    ) -> None:
        self.misconfigured = False
        self.notebooks: dict[Path, None] = {}
        self._known = known
        self._selects = selects
        self._projects: dict[Path, Project] = {}
        self._kinds = kinds
        self._schema = schema(tuple(kind.spec for kind in kinds))
        self._names = names
        self._named: set[Path] = set()
        self._folders: set[Path] = set()
        self._warn = warn
        self._rooted = rooted or root_of
        self._settings = settings or self._own_settings
        self._arguments = arguments

    @property
    def projects(self) -> tuple[Project, ...]:
        """The projects created so far."""
        return tuple(self._projects.values())

    async def files(self, paths: Iterable[Path]) -> list[Path]:
        """Return the Python files to check: named ones, and those in folders that are not excluded.

        A named file that is not a Python file is skipped, with a message.

        Raises:
            ToolError: A path does not exist, or a folder cannot be searched.
        """
        found: dict[Path, None] = {}
        for path in map(_absolute, paths):
            if not await asyncio.to_thread(path.exists):
                raise ToolError(f"{path} does not exist")
            if await asyncio.to_thread(path.is_dir):
                project = self.project(self._rooted(path / "x.py"))
                self._folders.add(path)
                within = await project.exclusions.search(path)
                found |= dict.fromkeys(within.python)
                self.notebooks |= dict.fromkeys(within.notebooks)
            elif await asyncio.to_thread(is_python, path):
                found[path] = None
                self._named.add(path)
            else:
                self._warn(f"{path} is not a Python file; it is left out")
        return list(found)

    async def check(self, paths: Sequence[Path]) -> AsyncIterator[NewFindings]:
        """Check files on disk with all tools concurrently."""
        notebooks = await asyncio.to_thread(notebook_files.read, paths)
        for path, notebook in notebooks.items():
            async for batch in self.check_text(path, notebook.text, notebook):
                yield batch
        paths = [path for path in paths if path not in notebooks]
        for project, files in self._by_project(paths).items():
            # A script with its own environment is not a part of its folder's project.
            is_script = self._projects.get(project.root) is not project
            named = self._named if is_script else self._named | self._folders
            check = partial(_check_files, files, named)
            async for batch in self._run(project, check):
                yield batch

    async def fix(self, paths: Sequence[Path]) -> int:
        """Let tools write their safe fixes into files; return the number of fixed findings.

        Notebooks are skipped, with a message: a tool that reads them by itself does not see which
        names their magics use.

        Raises:
            ToolError: A tool cannot do its work.
        """
        count = 0
        for path in paths:
            if path.suffix == NOTEBOOK:
                self._warn(f"{path}: --fix does not change notebooks; an editor has quick fixes")
        modules = [path for path in paths if path.suffix != NOTEBOOK]
        for project, files in self._by_project(modules).items():
            for name, tool in project.tools.items():
                if name in self._names and isinstance(tool, FixesFiles):
                    count += await tool.fix_files(files, self._named)
        return count

    def _by_project(self, paths: Iterable[Path]) -> dict[Project, list[Path]]:
        """Group files by their project."""
        groups: dict[Project, list[Path]] = {}
        for path in paths:
            groups.setdefault(self.project_of(path), []).append(path)
        return groups

    async def check_text(
        self, path: Path | None, text: str, notebook: Notebook | None = None
    ) -> AsyncIterator[NewFindings]:
        """Check a text that is not on disk, with an optional file name; it may be a notebook."""
        document = Document.of(to_uri(path) if path else STDIN_URI, 0, text)

        async def check(tool: Tool) -> AsyncIterator[list[Report]]:
            yield await tool.check([document])

        project = self.project_of(path) if path else self.project(Path.cwd())
        async for batch in self._run(project, check, document, notebook):
            yield batch

    async def stop(self) -> None:
        """Stop the tools."""
        await asyncio.gather(*(project.stop() for project in self.projects))

    async def _run(
        self,
        project: Project,
        work: Callable[[Tool], AsyncIterator[list[Report]]],
        document: Document | None = None,
        notebook: Notebook | None = None,
    ) -> AsyncIterator[NewFindings]:
        """Run the tools of a project concurrently; yield new findings without duplicates."""
        queue: asyncio.Queue[ToolUpdate] = asyncio.Queue()
        tools = [tool for name, tool in project.tools.items() if name in self._names]
        tasks = [asyncio.create_task(feed(queue, tool.name, work(tool))) for tool in tools]
        rules = {str(kind.spec.name): kind.spec.merging for kind in self._kinds}
        new = partial(self._known.new, project.root) if self._known else lambda _, found: found
        if notebook is not None:
            new = partial(notebook_files.new, notebook, new)
        merging = Merging({tool.name for tool in tools}, rules, document, new)
        try:
            while merging.running:
                event = await queue.get()
                reports = [self._selected(project.graded(each)) for each in event.reports]
                found = merging.take(event._replace(reports=reports))
                done, error = len(event.reports), from_here(event.error, project.root)
                yield NewFindings(event.tool, found, done, error, len(tools))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _selected(self, report: Report) -> Report:
        return report._replace(findings=tuple(filter(self._selects, report.findings)))

    def project_of(self, path: Path) -> Project:
        """Return the project of a file; a script with an environment is a separate project.

        uv may be asked, which takes some 20 ms.
        """
        if path in self._projects:
            return self._projects[path]
        project = self.project(self._rooted(path))
        own = scripts.find(path) if project.settings.trusted else None
        return self.project(project.root, path, own) if own else project

    def project(
        self, root: Path, script: Path | None = None, own_python: FoundPython | None = None
    ) -> Project:
        """Return the project of a root or a script; it is created when it is first needed."""
        place = script or root
        if place not in self._projects:
            events = Events(lambda _reports: None, partial(self._tell, root))
            settings = self._settings(root)
            for name, args in self._arguments.items():
                settings = settings.with_args(name, args)
            project = Project(root, settings, events, self._kinds, own_python=own_python)
            self._projects[place] = project
        return self._projects[place]

    def _tell(self, root: Path, problem: Problem) -> None:
        self.misconfigured |= problem.tool is not None and not is_outdated(problem.message)
        self._warn(from_here(problem.message, root))

    def _own_settings(self, root: Path) -> Settings:
        settings, faults = sources.load(root, [], self._schema)
        for fault in faults:
            self._warn(from_here(fault, root))
        return settings


def _check_files(
    files: Sequence[Path], named: Collection[Path], tool: Tool
) -> AsyncIterator[list[Report]]:
    """Check files; a missing file is reported by the tool that finds files.

    That tool skips excluded files, except those that the user has named. Missing files are not
    passed to other tools; mypy, for example, would check nothing if one file were missing. So are
    files that should be notebooks.
    """
    rest = [file for file in files if exists(file) and file.suffix != NOTEBOOK]
    return tool.check_files(files if tool.files else rest, named)


def root_of(path: Path) -> Path:
    """Return a file's root: the nearest folder with a pyproject.toml, or the working directory.

    For a file outside the working directory, it is the folder of its package.
    """
    for folder in ancestors(path.parent):
        marker = folder / "pyproject.toml"
        if marker.is_file() and is_safe(marker, path.parent):
            return folder
    here = Path.cwd()
    return here if path.is_relative_to(here) else package_root(path)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - must not follow links
