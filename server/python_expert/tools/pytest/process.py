"""The processes of test runs: one for each run; the next process is started in advance."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_expert.processes.child import Child
from python_expert.processes.command import (
    INVALID_ANSWER,
    Command,
    ToolCrashError,
    ToolError,
    worker_command,
)
from python_expert.processes.jsonrpc import RpcError
from python_expert.tools.answers import text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from tempfile import TemporaryDirectory
    from typing import TypeAlias

    from python_expert.processes.jsonrpc import JsonRpc

    OnNotification: TypeAlias = Callable[[str, Mapping[str, Any]], None]

WORKER = "python_expert.tools.pytest.pytest_worker.serve"

IDLE_S = 300.0
"""Seconds in which a test must begin or end; otherwise the run is ended."""

LONGEST_S = 24 * 3600.0
"""The maximum duration of a run in seconds."""

COULD_NOT_RUN = (2, 3, 4)
"""Pytest's exit statuses for runs that were aborted: interrupted, an internal error, and wrong
usage (the status for a conftest that fails)."""


class TestProcess:
    """The process of one test run, which isolates the imports and changes that tests make.

    Args:
        python: The project's interpreter.
        root: The project's folder.
        limited: Whether it may take at most half of the machine's memory.
    """

    def __init__(self, python: Path, root: Path, *, limited: bool = False) -> None:
        self._limited = limited
        self._on_notification: OnNotification = lambda _method, _params: None
        self._fault: ToolError | None = None
        self._timeout: asyncio.Timeout | None = None
        self.version = ""
        self._child = Child(
            "pytest",
            Command(worker_command(python, WORKER), root),
            self._handshake,
            deadline_s=LONGEST_S,
            on_notification=self._notified,
        )

    async def start(self) -> None:
        """Start the process and have it import pytest.

        Raises:
            ToolError: It cannot be started, or there is no pytest.
        """
        await self._child.start()
        if self._fault:
            raise self._fault

    async def run(
        self,
        paths: Sequence[str],
        texts: Mapping[str, str],
        cache: Path,
        on_notification: OnNotification,
        measured: Path,
        *,
        covered: bool = False,
    ) -> str:
        """Run tests.

        Args:
            paths: pytest's arguments.
            texts: The texts that replace files, by their real paths.
            cache: The folder of pytest's cache.
            on_notification: Called with each notification; see the worker.
            measured: A file for coverage.py's data; it does not exist yet.
            covered: Whether to measure coverage.

        Returns:
            The reason why the run was aborted, or an empty string.

        Raises:
            ToolError: It cannot be started, or there is no pytest.
            ToolCrashError: The process has died, or no test has begun or ended for too long.
        """
        await self.start()
        self._on_notification = on_notification
        request = {
            "paths": list(paths),
            "texts": dict(texts),
            "cache": str(cache),
            "measured": str(measured),
            "covered": covered,
        }
        try:
            async with asyncio.timeout(IDLE_S) as self._timeout:
                answer = await self._child.request("run", request)
        except TimeoutError:
            raise ToolCrashError(f"no test has ended for {IDLE_S:g} s; the run was ended") from None
        except ToolCrashError as error:
            raise ToolCrashError("the process that ran the tests ended", f": {error}") from error
        except RpcError as error:
            raise ToolError(str(error)) from error
        finally:
            self._timeout = None
        with self._child.reading():
            message = text(answer["message"])
            return message or "it was aborted" if answer["status"] in COULD_NOT_RUN else ""

    async def stop(self) -> None:
        """Stop the process and all processes that it has started."""
        await self._child.stop()

    async def _handshake(self, rpc: JsonRpc) -> None:
        try:
            answer = await rpc.request("start", {"limited": self._limited})
        except RpcError as error:
            self._fault = ToolError(str(error))
            return
        self.version = text(answer["pytest"])

    def _notified(self, method: str, params: Any) -> None:  # noqa: ANN401 - JSON is untyped
        if self._timeout is not None:
            self._timeout.reschedule(asyncio.get_running_loop().time() + IDLE_S)
        with contextlib.suppress(*INVALID_ANSWER):
            self._on_notification(method, params)


class TestProcesses:
    """The processes of a project's test runs; the next process is started in advance.

    Args:
        python: The project's interpreter.
        root: The project's folder.
        limited: Whether each may take at most half of the machine's memory.
    """

    __test__ = False

    def __init__(self, python: Path, root: Path, *, limited: bool = False) -> None:
        self.version = ""
        self._limited = limited
        self._python = python
        self._root = root
        self._next: TestProcess | None = None
        self._warming: asyncio.Task[None] | None = None
        self._cache: TemporaryDirectory[str] | None = None

    async def run(
        self,
        paths: Sequence[str],
        texts: Mapping[Path, str],
        on_notification: OnNotification,
        *,
        covered: bool = False,
    ) -> str:
        """Run tests in a new process; see `TestProcess.run`."""
        process, self._next = self._next or self._process(), None
        sent = {str(path): text for path, text in texts.items()}
        measured = _folder()
        try:
            cache, data = self._cache_folder(), Path(measured.name) / "coverage"
            return await process.run(paths, sent, cache, on_notification, data, covered=covered)
        finally:
            self.version = process.version or self.version
            await process.stop()
            await asyncio.to_thread(measured.cleanup)

    def warm(self) -> None:
        """Start the next process in advance: importing pytest takes longer than most tests."""
        self._next = process = self._process()

        async def start() -> None:
            with contextlib.suppress(ToolError):
                await process.start()

        self._warming = asyncio.create_task(start())

    async def stop(self) -> None:
        """Stop the processes."""
        if self._warming:
            self._warming.cancel()
            await asyncio.wait([self._warming])
        if self._next:
            await self._next.stop()
        if self._cache:
            await asyncio.to_thread(self._cache.cleanup)

    def _process(self) -> TestProcess:
        return TestProcess(self._python, self._root, limited=self._limited)

    def _cache_folder(self) -> Path:
        if self._cache is None:
            self._cache = _folder()
        return Path(self._cache.name)


def _folder() -> TemporaryDirectory[str]:
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - it takes long to import

    return TemporaryDirectory(prefix="python-expert-", ignore_cleanup_errors=True)
