"""One root's settings, interpreter, tools and lanes.

The language server and the command line both hold a Project for each root and let it work:
documents go in, reports come out.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from python_expert import environment
from python_expert.config import Profile
from python_expert.config_files import ConfigFiles, read
from python_expert.findings import Report, ToolName
from python_expert.lane import Lane
from python_expert.paths import is_file, is_library, scheme, to_path
from python_expert.processes.child import Command, ToolCrashError, ToolError, run
from python_expert.processes.jsonrpc import RpcError
from python_expert.snapshot import Encoding
from python_expert.tools.bandit import Bandit, BanditSpec
from python_expert.tools.mypy import Mypy, MypySpec
from python_expert.tools.ruff import Ruff
from python_expert.tools.ruff_spec import RuffSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from python_expert.config import Settings
    from python_expert.snapshot import Snapshot
    from python_expert.tools.base import Tool

log = logging.getLogger(__name__)

RETRIES = 8
"""How often a check is tried again after its tool has crashed, with the child's back-off."""

EXCLUDED_DEADLINE_S = 10.0


class State(StrEnum):
    """What a tool is doing."""

    OFF = "off"
    READY = "ready"
    BUSY = "busy"
    FAILED = "failed"


@dataclass
class Status:
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


@dataclass(frozen=True)
class Listener:
    """Who hears of what a project finds.

    Attributes:
        reports: Called with reports as they become known.
        problem: Called when a tool cannot do its work.
        reading: Called with mypy's state of reading the project; None when it is done.
        status: Called when a tool is doing something else than before.
    """

    reports: Callable[[Sequence[Report]], None]
    problem: Callable[[Problem], None]
    reading: Callable[[str | None], None] = lambda _message: None
    status: Callable[[], None] = lambda: None


class Project:
    """The tools at work for one root.

    Args:
        root: The project's folder.
        settings: Its settings.
        listener: Who hears of the findings.
        encoding: The position encoding spoken with the editor.
    """

    def __init__(
        self,
        root: Path,
        settings: Settings,
        listener: Listener,
        encoding: Encoding = Encoding.UTF32,
    ) -> None:
        self.root = root
        self.status = {name: Status() for name in ToolName}
        self.tools: dict[ToolName, Tool] = {}
        self._listener = listener
        self._encoding = encoding
        self._open: dict[str, Snapshot] = {}
        self._lanes: dict[tuple[ToolName, str], Lane[Sequence[Snapshot]]] = {}
        self.config_files = ConfigFiles(root)
        self._excluded: dict[str, asyncio.Task[bool]] = {}
        self._crashes: Counter[tuple[ToolName, str]] = Counter()
        self._heard: dict[tuple[ToolName, str], Report] = {}
        self._set_up(settings)

    async def configure(self, settings: Settings) -> None:
        """Take new settings or changed configuration files, and check again what is open.

        Only those tools are started anew that would now be started differently; where all is
        as it was, nothing happens.
        """
        found = environment.resolve(self.root, settings)
        known = (self.settings, self.environment, self._changes)
        if (settings, found, self.config_files.changes) == known:
            return
        for lane in self._lanes.values():
            lane.cancel()
        self._lanes.clear()
        self._excluded.clear()
        self._heard.clear()
        replaced = self._set_up(settings)
        for snapshot in self.documents:
            off = [name for name in ToolName if name not in self.tools]
            self._listener.reports([_nothing(name, snapshot) for name in off])
            self.changed(snapshot)
        await asyncio.gather(*(tool.stop() for tool in replaced))

    def _set_up(self, settings: Settings) -> list[Tool]:
        """Find and make the tools; returns those that are not needed any more."""
        self.settings = settings
        self.environment = environment.resolve(self.root, settings)
        self._changes = dict(self.config_files.changes)
        for warning in self.environment.warnings:
            self._listener.problem(Problem(None, warning))
        replaced = []
        for name in ToolName:
            old = self.tools.pop(name, None)
            enabled = settings.tools.of(name).enabled
            new = self._make_tool(name) if enabled else None
            if old is not None and new is not None and old.spec == new.spec:
                new = old
            elif old is not None:
                replaced.append(old)
            if new is not None:
                self.tools[name] = new
                found = self.environment.tools[name]
                log.info("%s: %s (%s)", name, found.path, found.why)
            self.status[name] = Status(State.READY if new else State.OFF)
        self._listener.status()
        return replaced

    @property
    def ruff(self) -> Ruff | None:
        """Ruff, unless it is switched off."""
        tool = self.tools.get(ToolName.RUFF)
        return tool if isinstance(tool, Ruff) else None

    @property
    def documents(self) -> tuple[Snapshot, ...]:
        """The open documents."""
        return tuple(self._open.values())

    def latest(self, name: ToolName, snapshot: Snapshot) -> Report | None:
        """What a tool found in this very version of a document, if it has been heard already."""
        report = self._heard.get((name, snapshot.uri))
        current = report is not None and self._open.get(snapshot.uri) is snapshot
        return report if current and report and report.version == snapshot.version else None

    def config(self, name: ToolName, path: Path | None) -> Path | None:
        """The configuration file of a tool for a file, or None."""
        return self.config_files.find(name, path.parent if path else self.root)

    def is_expert(self, name: ToolName, path: Path | None) -> bool:
        """Whether the expert profile applies to a file (None: one never saved)."""
        if self.settings.profile is not Profile.AUTO:
            return self.settings.profile is Profile.EXPERT
        return self.config(name, path) is None

    def changed(self, snapshot: Snapshot) -> None:
        """Check a document that was opened or changed."""
        if not is_checked(snapshot.uri):
            return
        if snapshot.uri not in self._open and (path := to_path(snapshot.uri)):
            self.config_files.watch(path.parent)
        self._open[snapshot.uri] = snapshot
        for tool in self.tools.values():
            self._submit(tool, snapshot)

    def closed(self, uri: str) -> None:
        """Forget a document; what others see of it may change."""
        known = self._open.pop(uri, None) is not None
        self._excluded.pop(uri, None)
        for tool in self.tools.values():
            self._heard.pop((tool.name, uri), None)
            if (
                known
                and not tool.whole_project
                and (lane := self._lanes.pop((tool.name, uri), None))
            ):
                lane.cancel()
            tool.forget(uri)
            if known and tool.whole_project and self._open:
                self._submit(tool, next(iter(self._open.values())))

    def disk_changed(self) -> None:
        """Check again what depends on files that are not open, as some have changed."""
        for tool in self.tools.values():
            if isinstance(tool, Mypy) and self._open:
                tool.disk_changed()
                self._submit(tool, self.documents[0])

    def saved(self) -> None:
        """A document was written to disk."""
        for tool in self.tools.values():
            if isinstance(tool, Mypy):
                tool.saved()

    async def settled(self, uri: str, names: Sequence[ToolName] = tuple(ToolName)) -> None:
        """Wait until tools have nothing more to say about a document."""
        keys = [(name, key) for name in names for key in (uri, "")]
        lanes = [self._lanes[key] for key in keys if key in self._lanes]
        await asyncio.gather(*(lane.settled() for lane in lanes))

    def graded(self, report: Report) -> Report:
        """Give a report's findings the severities that the settings ask for."""
        settings = self.settings.tools.of(report.tool)
        if not settings.severity:
            return report
        findings = (
            finding._replace(severity=settings.severity_of(finding.code) or finding.severity)
            for finding in report.findings
        )
        return report._replace(findings=tuple(findings))

    async def excluded(self, snapshot: Snapshot) -> bool:
        """Whether the project excludes a document from its checks, as ruff resolves that."""
        path = to_path(snapshot.uri)
        if path is None:
            return False
        if snapshot.uri not in self._excluded:
            self._excluded[snapshot.uri] = asyncio.create_task(self._ask_excluded(path))
        return await asyncio.shield(self._excluded[snapshot.uri])

    async def restart(self) -> None:
        """End all tools and check what is open with new ones."""
        # The old ones are out of reach before anybody is waited for: whoever types or changes the
        # settings meanwhile finds the new.
        replaced = tuple(self.tools.values())
        for lane in self._lanes.values():
            lane.cancel()
        self._lanes.clear()
        self._heard.clear()
        self.tools.clear()
        self._set_up(self.settings)
        for snapshot in self.documents:
            self.changed(snapshot)
        await asyncio.gather(*(tool.stop() for tool in replaced))

    async def stop(self) -> None:
        """End all lanes and processes."""
        for lane in self._lanes.values():
            lane.cancel()
        await asyncio.gather(*(tool.stop() for tool in self.tools.values()))

    def _submit(self, tool: Tool, snapshot: Snapshot) -> None:
        key = (tool.name, "" if tool.whole_project else snapshot.uri)
        if key not in self._lanes:
            debounce_ms = self.settings.tools.of(tool.name).debounce_ms
            self._lanes[key] = Lane(lambda request: self._check(tool, key, request), debounce_ms)
        self._lanes[key].submit(self.documents if tool.whole_project else (snapshot,))

    async def _check(
        self, tool: Tool, key: tuple[ToolName, str], snapshots: Sequence[Snapshot]
    ) -> None:
        status = self.status[tool.name]
        started = time.perf_counter()
        status.state = State.BUSY
        self._listener.status()
        try:
            out: list[Snapshot] = []
            if tool.name is not ToolName.RUFF:  # which knows by itself
                excluded = await asyncio.gather(*map(self.excluded, snapshots))
                out = list(compress(snapshots, excluded))
                snapshots = list(compress(snapshots, (not each for each in excluded)))
            reports = [_nothing(tool.name, snapshot) for snapshot in out]
            if snapshots:
                reports += await tool.check(snapshots)
            self._hear(reports)
        except ToolCrashError as error:
            self._crashes[key] += 1
            self._failed(tool.name, error, tell=self._crashes[key] > 1)
            if self._crashes[key] < RETRIES and not self._lanes[key].overtaken:
                self._lanes[key].submit(snapshots)
        except (ToolError, RpcError) as error:
            self._failed(tool.name, error)
        except Exception as error:  # the server outlives whatever a tool does
            log.exception("%s: checking failed", tool.name)
            self._failed(tool.name, ToolError(f"an error of Python Expert itself: {error!r}"))
        else:
            status.state, status.message = State.READY, ""
            self._crashes[key] = 0
            status.last_ms = (time.perf_counter() - started) * 1000
        finally:
            self._listener.status()
            if tool.whole_project:
                self._listener.reading(None)

    def _hear(self, reports: Sequence[Report]) -> None:
        """Pass on what is new."""
        news = []
        for report in reports:
            key = (report.tool, report.uri)
            if self._heard.get(key) is not report:
                self._heard[key] = report
                news.append(self.graded(report))
        if news:
            self._listener.reports(news)

    def _failed(self, name: ToolName, error: ToolError | RpcError, *, tell: bool = True) -> None:
        message = str(error)
        status = self.status[name]
        status.state, status.message = State.FAILED, message
        log.warning("%s: %s", name, message)
        if tell:
            cause = error.cause if isinstance(error, ToolError) else ""
            self._listener.problem(Problem(name, message, cause))

    async def _ask_excluded(self, path: Path) -> bool:
        if not await asyncio.to_thread(is_file, path):
            return False
        ruff = str(self.environment.tools[ToolName.RUFF].path)
        argv = (ruff, "check", "--show-files", "--force-exclude", "--quiet", "--", str(path))
        try:
            status, out, _ = await run(Command(argv, self.root), deadline_s=EXCLUDED_DEADLINE_S)
        except ToolError as error:
            log.warning("cannot ask ruff whether %s is excluded: %s", path, error)
            return False
        return status == 0 and not out.strip()

    def _make_tool(self, name: ToolName) -> Tool:
        program = self.environment.tools[name].path
        args = self.settings.tools.of(name).args if self.settings.trusted else ()
        changes = self.config_files.changes[name]

        def tell(message: str) -> None:
            self._listener.problem(Problem(name, message))

        match name:
            case ToolName.RUFF:
                ruff = RuffSpec(
                    program,
                    self.root,
                    args,
                    self._encoding,
                    self.settings.trusted,
                    changes,
                    self.settings.profile,
                )
                return Ruff(ruff, lambda path: self.is_expert(ToolName.RUFF, path), tell)
            case ToolName.MYPY:
                args = (*self._mypy_args(), *args)
                mypy = MypySpec(program, self.root, args, self.settings.trusted, changes)
                return Mypy(mypy, self._hear, self._listener.reading, tell)
            case ToolName.BANDIT:
                path = self.config(name, None)
                return Bandit(
                    BanditSpec(program, self.root, path, args, self.is_expert(name, None), changes)
                )

    def _mypy_args(self) -> tuple[str, ...]:
        """Mypy's arguments: whose configuration, how strict, and which interpreter's packages."""
        config = self.config(ToolName.MYPY, None)
        args = ["--config-file", str(config) if config else ""]
        if self.is_expert(ToolName.MYPY, None):
            args.append("--strict")
        if not self.settings.trusted:
            # A configuration may name an interpreter, and mypy would run it.
            return (*args, "--python-executable", sys.executable, "--no-site-packages")
        interpreter = self.environment.interpreter
        named = config is not None and "python_executable" in read(config)
        if interpreter and (self.settings.interpreter or not named):
            args += ["--python-executable", str(interpreter.path)]
        return tuple(args)


def _nothing(name: ToolName, snapshot: Snapshot) -> Report:
    return Report(name, snapshot.uri, snapshot.version, ())


def is_checked(uri: str) -> bool:
    """Whether a document can have findings: a file outside all libraries, or never saved."""
    path = to_path(uri)
    return scheme(uri) == "untitled" if path is None else not is_library(path)
