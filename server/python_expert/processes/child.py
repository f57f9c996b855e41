"""A child process that is started on demand, restarted with back-off and ended with its group."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import subprocess  # nosec B404 - running the tools is what this package is for
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from python_expert.processes.jsonrpc import DisconnectedError, JsonRpc, RpcError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
    from pathlib import Path

log = logging.getLogger(__name__)

FIRST_BACK_OFF_S = 0.25
LONGEST_BACK_OFF_S = 30.0
PATIENCE_S = 2.0
"""How long a child may take to leave once its input is closed."""

_LAST_WORDS = 2000
_NONSENSE = (AttributeError, LookupError, TypeError, ValueError)
"""What is raised where an answer is not made as it should be."""


class ToolError(Exception):
    """A tool could not do its work; the text says what is wrong and what to do.

    Attributes:
        cause: The text without details that differ from time to time.
    """

    def __init__(self, cause: str, details: str = "") -> None:
        super().__init__(cause + details)
        self.cause = cause


class ToolCrashError(ToolError):
    """A tool's process died, hung or babbled; the next request starts it anew."""


@dataclass(frozen=True)
class Command:
    """How to start a process.

    Attributes:
        argv: The program and its arguments.
        cwd: The folder to start it in.
        env: Variables added to the server's own environment.
    """

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, Any]:
        """What asyncio is told besides: three pipes, and a group that can be killed whole."""
        return {
            "stdin": subprocess.PIPE,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "cwd": self.cwd if os.access(self.cwd, os.X_OK) and self.cwd.is_dir() else None,
            "env": {**os.environ, **self.env},
            "start_new_session": True,
        }


def kill_group(pid: int) -> None:
    """Kill a process and all that it started; one that has already ended is no fault."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            os.kill(pid, signal.SIGTERM)
        else:
            os.killpg(pid, signal.SIGKILL)


def _cannot_start(command: Command, error: OSError) -> ToolError:
    return ToolError(f"cannot start {command.argv[0]}: {error.strerror or error}")


async def run(
    command: Command, *, stdin: bytes = b"", deadline_s: float
) -> tuple[int, bytes, bytes]:
    """Run a process to its end.

    Args:
        command: What to run.
        stdin: What it reads.
        deadline_s: Seconds after which it is killed with its group.

    Returns:
        Its exit status, standard output and standard error.

    Raises:
        ToolError: It could not be started, or did not end in time.
    """
    starting = asyncio.create_task(asyncio.create_subprocess_exec(*command.argv, **command.options))
    try:
        process = await asyncio.shield(starting)
    except OSError as error:
        raise _cannot_start(command, error) from error
    except asyncio.CancelledError:  # its start cannot be broken off, but then it can be ended
        with contextlib.suppress(OSError):
            await _end(await starting)
        raise
    try:
        async with asyncio.timeout(deadline_s):
            out, err = await process.communicate(stdin)
    except TimeoutError:
        raise ToolCrashError(f"{command.argv[0]} did not end within {deadline_s:g} s") from None
    finally:
        if process.returncode is None:
            await _end(process)
    return process.returncode or 0, out, err


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill a process, and wait until it and its pipes are gone."""
    kill_group(process.pid)
    await process.communicate()


@contextlib.contextmanager
def _sense() -> Iterator[None]:
    """Turn the failure to read an answer into ToolCrashError."""
    try:
        yield
    except _NONSENSE as error:
        log.warning("an answer cannot be understood", exc_info=error)
        raise ToolCrashError("its answer makes no sense", f": {error!r}") from error


class _Pipes(asyncio.SubprocessProtocol):
    """A child's three pipes: JSON-RPC on two of them, its last words kept from the third."""

    def __init__(
        self,
        title: str,
        on_notification: Callable[[str, Any], None],
        on_request: Callable[[str, Any], Any],
    ) -> None:
        self._title = title
        self._transport: asyncio.SubprocessTransport | None = None
        self._last_words = b""
        self.gone = asyncio.Event()
        self.failed = False
        self._exited = False
        self._leaving = False
        self.rpc = JsonRpc(
            self._write, on_notification=on_notification, on_request=on_request, on_end=self.kill
        )

    @property
    def last_words(self) -> str:
        """The end of what it wrote to standard error."""
        return self._last_words.decode("utf-8", "replace").strip()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 1:
            self.rpc.feed(data)
        else:
            self._last_words = (self._last_words + data)[-_LAST_WORDS:]
            log.info("%s: %s", self._title, data.decode("utf-8", "replace").rstrip())

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        del exc
        if fd == 1:
            self.rpc.end(DisconnectedError("it closed its output"))
        elif fd == 0 and not self._leaving:  # it would never hear what it is asked
            self.rpc.end(DisconnectedError("it closed its input"))

    def process_exited(self) -> None:
        status = self._transport.get_returncode() if self._transport else None
        log.info("%s ended with status %s", self._title, status)
        self.rpc.end(DisconnectedError(f"it ended with status {status}"))
        self.kill()  # what it started may live on
        self._exited = True

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self._transport:
            self._transport.close()
        self.gone.set()

    async def wait(self) -> None:
        """Wait, for a while, until the child has ended and all it wrote is read."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await self.gone.wait()

    def close_input(self) -> None:
        """Tell the child that nothing more will come."""
        self._leaving = True
        if self._transport and (stdin := self._transport.get_pipe_transport(0)):
            stdin.close()

    def kill(self) -> None:
        """Kill the child with all that it started."""
        if self._transport and not self._exited:  # later its number may be another's
            kill_group(self._transport.get_pid())

    def _write(self, data: bytes) -> None:
        if self._transport and (stdin := self._transport.get_pipe_transport(0)):
            cast("asyncio.WriteTransport", stdin).write(data)


class Child:
    """A long-lived child that speaks JSON-RPC on its pipes.

    Args:
        title: The tool's name in messages.
        command: How to start it.
        greet: Awaited with the connection after each start, before any request.
        deadline_s: Seconds that ``greet`` and each request may take.
        on_notification: Called for the child's notifications.
        on_request: Answers the child's requests.

    Attributes:
        generation: How often it was started; what a caller told an earlier one is forgotten.
    """

    def __init__(
        self,
        title: str,
        command: Command,
        greet: Callable[[JsonRpc], Awaitable[None]],
        *,
        deadline_s: float,
        on_notification: Callable[[str, Any], None] = lambda _method, _params: None,
        on_request: Callable[[str, Any], Any] = lambda _method, _params: None,
    ) -> None:
        self.title = title
        self.generation = 0
        self._command = command
        self._greet = greet
        self._deadline_s = deadline_s
        self._on_notification = on_notification
        self._on_request = on_request
        self._starting = asyncio.Lock()
        self._pipes: _Pipes | None = None
        self._stopped = False
        self._failures = 0
        self._failed_at = 0.0

    async def start(self) -> JsonRpc:
        """Return the connection, starting the child first where none is running.

        A child that has failed before is started only after a pause that doubles each time.

        Raises:
            ToolError: It cannot be started.
            ToolCrashError: It died or hung while starting.
            RpcError: It answered the greeting with an error.
        """
        if self._pipes is not None and not self._pipes.rpc.ended:
            return self._pipes.rpc
        async with self._starting:
            if self._pipes is None or self._pipes.rpc.ended:
                await self._back_off()
                pipes = None if self._stopped else await self._start()
                if pipes is None or self._stopped:
                    if pipes is not None:
                        pipes.kill()
                    raise ToolCrashError("it was stopped")
                self._pipes = pipes
            return self._pipes.rpc

    async def request(self, method: str, params: object) -> Any:  # noqa: ANN401 - JSON is untyped
        """Ask the child; one that does not answer in time is killed.

        Raises:
            ToolError: It cannot be started.
            ToolCrashError: It died, hung or babbled.
            RpcError: It answered with an error.
        """
        rpc = await self.start()
        assert self._pipes is not None  # noqa: S101  # nosec B101 - for the type checker
        async with self._guard(self._pipes):
            answer = await rpc.request(method, params)
        self._failures = 0
        return answer

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Read an answer; a child whose answers make no sense is killed.

        Raises:
            ToolCrashError: The answer made no sense.
        """
        pipes = self._pipes
        with _sense():
            try:
                yield
            except _NONSENSE:
                self.note_failure(pipes)
                if pipes is not None:
                    pipes.rpc.end(DisconnectedError("it was stopped"))
                raise

    def notify(self, method: str, params: object) -> None:
        """Tell the child something; one that has died meanwhile is told nothing."""
        if self._pipes is not None and not self._pipes.rpc.ended:
            self._pipes.rpc.notify(method, params)

    async def stop(self) -> None:
        """End the child for good: close its input, give it a moment, then kill its group."""
        self._stopped = True  # also for one that is being started right now
        pipes, self._pipes = self._pipes, None
        if pipes is None:
            return
        pipes.close_input()
        await pipes.wait()
        pipes.kill()
        await pipes.wait()

    async def _start(self) -> _Pipes:
        pipes = _Pipes(self.title, self._on_notification, self._on_request)
        try:
            transport, _ = await asyncio.get_running_loop().subprocess_exec(
                lambda: pipes, *self._command.argv, **self._command.options
            )
        except OSError as error:
            self.note_failure(pipes)
            raise _cannot_start(self._command, error) from error
        self.generation += 1
        argv = " ".join(self._command.argv)
        log.info("%s started: %s (pid %d)", self.title, argv, transport.get_pid())
        try:
            async with self._guard(pipes):
                with _sense():
                    await self._greet(pipes.rpc)
        except BaseException as error:
            if isinstance(error, RpcError | ToolCrashError):
                self.note_failure(pipes)
            pipes.kill()
            await pipes.wait()
            raise
        return pipes

    async def _back_off(self) -> None:
        if self._failures:
            pause = min(FIRST_BACK_OFF_S * 2 ** (self._failures - 1), LONGEST_BACK_OFF_S)
            now = asyncio.get_running_loop().time()
            await asyncio.sleep(max(0.0, self._failed_at + pause - now))

    @contextlib.asynccontextmanager
    async def _guard(self, pipes: _Pipes) -> AsyncIterator[None]:
        """Hold a conversation to its deadline, and turn its failing into ToolCrashError."""
        try:
            async with asyncio.timeout(self._deadline_s):
                yield
        except TimeoutError:
            self.note_failure(pipes)
            pipes.rpc.end(DisconnectedError("it was stopped"))
            raise ToolCrashError(
                f"it did not answer within {self._deadline_s:g} s and was stopped"
            ) from None
        except DisconnectedError as error:
            self.note_failure(pipes)
            await pipes.wait()  # it is being killed; what it said is on its way
            words = f"; it said: {pipes.last_words}" if pipes.last_words else ""
            raise ToolCrashError(error.cause, error.details + words) from None

    def note_failure(self, pipes: _Pipes | None = None) -> None:
        """Have the next start wait; of the requests that one death fails, only one counts."""
        pipes = pipes or self._pipes
        if pipes is not None:
            if pipes.failed:
                return
            pipes.failed = True
        self._failures += 1
        self._failed_at = asyncio.get_running_loop().time()
