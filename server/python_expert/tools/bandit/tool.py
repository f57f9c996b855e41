"""Bandit: a worker process checks one text after the other, independent of the disk."""

from __future__ import annotations

import asyncio
import logging
import sys
from dataclasses import replace
from fnmatch import fnmatch
from functools import partial
from typing import TYPE_CHECKING, Any

from python_expert.config.config_faults import config_fault
from python_expert.processes import pool
from python_expert.processes.child import Child
from python_expert.processes.command import Command, ToolError, worker_command
from python_expert.processes.jsonrpc import RpcError
from python_expert.text.decoding import decode
from python_expert.text.document import Document
from python_expert.text.paths import to_path, to_uri
from python_expert.tools.answers import number, text
from python_expert.tools.bandit.known_files import KnownFiles, sendable
from python_expert.tools.bandit.launch import BanditLaunch, launch_for
from python_expert.tools.bandit.reports import read_report
from python_expert.tools.bandit.ruff_selection import RuffSelection
from python_expert.tools.bandit.spec import SPEC
from python_expert.tools.base import Tool, environment
from python_expert.tools.context import TEST_FILES
from python_expert.tools.newer_syntax import unreadable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Container, Sequence
    from pathlib import Path

    from python_expert.diagnostics.finding import Report
    from python_expert.processes.jsonrpc import JsonRpc
    from python_expert.tools.base import ToolEvents
    from python_expert.tools.context import ToolContext

log = logging.getLogger(__name__)

WORKER = "python_expert.tools.bandit.bandit_worker.serve"
DEADLINE_S = 30.0
"""The deadline of one check in seconds; a thousand lines take about 0.05 s."""

FILES_EACH = 25
"""The number of files on disk for which another process is worth its start-up time."""

WORKER_MIB = 150
"""The maximum memory of a process in MiB; 60 with the largest files of Django."""

NAMED = 20
"""The maximum number of unchecked files that a message names."""

FLOOR = ("--severity-level=medium",)
"""The options of the gate's own check, independent of the project's configuration. They exclude
findings of low severity, such as the import of a module for a type hint."""

_ASSERT = "B101"


class Bandit(Tool):
    """Bandit for one project.

    Args:
        launch: The parameters of bandit.
        ruff: Decides by ruff's configuration, if it applies, which tests are reported.
    """

    spec = SPEC
    launch: BanditLaunch

    def __init__(self, launch: BanditLaunch, ruff: RuffSelection | None = None) -> None:
        self.launch = launch
        self._ruff = ruff if launch.follows_ruff else None
        self._fault: ToolError | None = None
        self._floor: Bandit | None = None
        self._helpers: tuple[Bandit, ...] = ()
        self._key: str | None = None
        self._python = sys.version_info[:2]
        self._turn = asyncio.Lock()  # so that a check's deadline does not run while others work
        self._child = Child(
            "bandit",
            Command(
                worker_command(launch.python, WORKER),
                launch.root,
                environment(launch.root, trusted=False),
            ),
            self._handshake,
            deadline_s=DEADLINE_S,
        )

    @classmethod
    def make(cls, context: ToolContext, events: ToolEvents) -> Bandit:
        """Create the tool for a project; see `Tool.make`."""
        del events
        name = SPEC.merging.preferred
        ruff = RuffSelection(partial(context.config, name), context.program(name), context.root)
        return cls(launch_for(context), ruff)

    async def check(self, documents: Sequence[Document]) -> list[Report]:
        """Check documents separately; see `Tool.check`."""
        await self._start()
        return [await self._check(document) for document in documents]

    async def what_if(
        self,
        documents: Sequence[Document],
        document: Document,
        text: str,
    ) -> list[Report]:
        """Check another text of a document; see `Tool.what_if`."""
        del documents
        await self._start()
        return [await self._check(document.with_text(text))]

    def is_lowered(self, document: Document, text: str) -> bool:
        """Return whether a project configures bandit, so that it may find less."""
        del text
        by_ruff = self._ruff is not None and self._ruff.config_for(to_path(document.uri))
        return bool(self.launch.config or self.launch.args or by_ruff)

    async def floor(self, document: Document, text: str, python: tuple[int, int] | None) -> Report:
        """Check a text with bandit's default configuration; see `HasFloor`."""
        del python
        if self._floor is None:
            self._floor = Bandit(replace(self.launch, config=None, args=FLOOR, follows_ruff=False))
        (report,) = await self._floor.what_if((), document, text)
        return report

    async def check_files(
        self, paths: Sequence[Path], named: Container[Path] = ()
    ) -> AsyncIterator[list[Report]]:
        """Check files on disk, and yield one report at a time; see `Tool.check_files`.

        Large numbers of files are distributed over several processes. A file that cannot be read,
        decoded or checked, or that makes a process die, does not stop the others.

        Args:
            paths: The files.
            named: Not needed.

        Raises:
            ToolError: Bandit cannot do its work or, raised at the end, some files could not be
                checked.
        """
        del named
        await self._start()
        known = KnownFiles(self.launch.root, self._key if len(paths) > FILES_EACH else None)
        await asyncio.to_thread(known.read)
        unknown = await asyncio.to_thread(known.unknown, paths)
        size = pool.size(unknown, least=FILES_EACH, mib=WORKER_MIB)
        while len(self._helpers) < size - 1:
            self._helpers += (Bandit(self.launch, self._ruff),)
        team = (self, *self._helpers)[:size]
        failures = []
        checks = [partial(each.check_file, known=known) for each in team]
        async for result in pool.spread(paths, checks):
            if isinstance(result, str):
                failures.append(result)
            else:
                yield [result]
        await asyncio.to_thread(known.write)
        if failures:
            more = len(failures) - NAMED
            rest = [f"and {more} more files"] if more > 0 else []
            raise ToolError("\n".join([*failures[:NAMED], *rest]))

    async def stop(self) -> None:
        """Stop the workers."""
        others = [each for each in (self._floor, *self._helpers) if each]
        await asyncio.gather(self._child.stop(), *(each.stop() for each in others))

    async def check_file(self, path: Path, known: KnownFiles | None = None) -> Report | str:
        """Check a file on disk; return the reason as text if that fails.

        Args:
            path: The file.
            known: The cached findings.

        Raises:
            ToolError: Bandit cannot start, or its configuration is wrong.
        """
        await self._start()
        try:
            text = decode(await asyncio.to_thread(path.read_bytes))
            return await self._check(Document.of(to_uri(path), 0, text), known)
        except ToolError as error:
            return str(error)
        except OSError as error:
            return f"{path} cannot be read: {error.strerror or error}"
        except ValueError as error:
            return f"{path} cannot be decoded: {error}"

    async def _start(self) -> None:
        """Make sure that the worker is running.

        Raises:
            ToolError: It cannot start, or its configuration is wrong. The worker then keeps
                running, so that the next check fails quickly as well.
        """
        await self._child.start()
        if self._fault:
            raise self._fault.with_traceback(None)

    async def _handshake(self, rpc: JsonRpc) -> None:
        config = self.launch.config and str(self.launch.config)
        self._fault = None
        try:
            answer = await rpc.request("start", {"config": config, "args": self.launch.args})
        except RpcError as error:
            used = self.launch.config
            if used and str(used) in str(error):
                self._fault = config_fault(str(error), used, self.launch.root).error
            else:
                self._fault = ToolError(str(error))
            return
        self.version = answer["bandit"]
        self._key = answer["key"]
        major, minor, *_ = map(int, answer["python"].rstrip("+").split(".")[:2])
        self._python = (major, minor)
        for warning in answer["warnings"]:
            log.warning("%s", warning)

    async def _check(self, document: Document, known: KnownFiles | None = None) -> Report:
        path = to_path(document.uri) or self.launch.root / "untitled.py"
        sent = sendable(document.text)
        answer = known.find(path, sent) if known else None
        if answer is None:
            answer = await self._ask(path, sent)
            if known and known.key == self._key:
                known.keep(path, sent, answer)
        unwanted = await self._unwanted(path)
        with self._child.reading():
            report = read_report(document, answer, unwanted)
            broken = None if report.parsed else (number(answer["line"]), text(answer["message"]))
        if broken and (why := await unreadable(sent, *broken, self._python)):
            fault = ToolError(f"{path}:{why.line + 1}: {why.reason}")
            fault.cause = f"{path} cannot be read by Python {self._python[0]}.{self._python[1]}"
            raise fault
        return report

    async def _ask(self, path: Path, sent: str) -> dict[str, Any]:
        try:
            async with self._turn:
                answer: dict[str, Any] = await self._child.request(
                    "check", {"path": str(path), "text": sent}
                )
        except RpcError as error:
            raise ToolError(f"bandit cannot check {path}: {error}") from error
        return answer

    async def _unwanted(self, path: Path) -> Collection[str]:
        """Return the tests whose findings in a file the project disables."""
        unwanted = set(await self._ruff.unwanted(path) if self._ruff else ())
        if self.launch.expert and is_test(path, self.launch.root):
            unwanted.add(_ASSERT)
        return unwanted


def is_test(path: Path, root: Path) -> bool:
    """Return whether the expert profile treats a file as a test, by its name or a folder."""
    if path.is_relative_to(root):
        path = path.relative_to(root)
    return any(
        pattern[3:-3] in path.parts[:-1]
        if pattern.endswith("/**")
        else fnmatch(path.name, pattern[3:])
        for pattern in TEST_FILES
    )
