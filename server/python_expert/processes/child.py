"""A child process that is started on demand, restarted with back-off, and ended with its group."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any

from python_expert.processes import early_start
from python_expert.processes.command import INVALID_ANSWER, ToolCrashError
from python_expert.processes.jsonrpc import DisconnectedError, RpcError
from python_expert.processes.pipes import Pipes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from python_expert.processes.command import Command
    from python_expert.processes.jsonrpc import JsonRpc

log = logging.getLogger(__name__)

FIRST_BACK_OFF_S = 0.25
LONGEST_BACK_OFF_S = 30.0


@contextlib.contextmanager
def _valid_answer() -> Iterator[None]:
    """Convert errors from an invalid answer to ToolCrashError."""
    try:
        yield
    except INVALID_ANSWER as error:
        log.debug("a response could not be parsed", exc_info=error)
        raise ToolCrashError("it sent an invalid response", f": {error!r}") from error


class Child:
    """A long-running child process that speaks JSON-RPC on its pipes.

    Args:
        title: The tool's name in messages.
        command: The command that starts it.
        handshake: If given, awaited with the connection after each start, before any request.
        deadline_s: Seconds that ``handshake`` and each request may take.
        on_notification: Called for the child's notifications.
        on_request: Answers the child's requests.

    Attributes:
        generation: The number of starts; state that was sent to an earlier generation is lost.
    """

    def __init__(
        self,
        title: str,
        command: Command,
        handshake: Callable[[JsonRpc], Awaitable[None]] | None = None,
        *,
        deadline_s: float,
        on_notification: Callable[[str, Any], None] = lambda _method, _params: None,
        on_request: Callable[[str, Any], Any] = lambda _method, _params: None,
    ) -> None:
        self.title = title
        self.generation = 0
        self._command = command
        self._handshake = handshake
        self._deadline_s = deadline_s
        self._on_notification = on_notification
        self._on_request = on_request
        self._starting = asyncio.Lock()
        self._pipes: Pipes | None = None
        self._stopped = False
        self._failures = 0
        self._failed_at = 0.0

    async def start(self) -> JsonRpc:
        """Return the connection; start the child first if it is not running.

        After a failure the child is started only after a pause, which doubles each time.

        Raises:
            ToolError: It cannot be started.
            ToolCrashError: It ended or hung while starting.
            RpcError: It answered the handshake with an error.
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
        """Send a request; a child that does not answer in time is killed.

        Raises:
            ToolError: It cannot be started.
            ToolCrashError: It ended, hung or sent invalid output.
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
        """Read an answer; a child that sends an invalid answer is killed.

        Raises:
            ToolCrashError: The answer is invalid.
        """
        pipes = self._pipes
        with _valid_answer():
            try:
                yield
            except INVALID_ANSWER:
                self.note_failure(pipes)
                if pipes is not None:
                    pipes.rpc.end(DisconnectedError("it was stopped"))
                raise

    def notify(self, method: str, params: object) -> None:
        """Send the child a notification; nothing is sent if it is not running."""
        if self._pipes is not None and not self._pipes.rpc.ended:
            self._pipes.rpc.notify(method, params)

    async def stop(self) -> None:
        """End the child for good: close its input, wait a moment, then kill its group."""
        self._stopped = True  # also a child that is just being started
        pipes, self._pipes = self._pipes, None
        if pipes is None:
            return
        pipes.close_input()
        await pipes.wait()
        pipes.kill()
        await pipes.wait()

    async def _start(self) -> Pipes:
        pipes = Pipes(self.title, self._on_notification, self._on_request)
        try:
            if not early_start.take(self._command, pipes):
                await asyncio.get_running_loop().subprocess_exec(
                    lambda: pipes, *self._command.argv, **self._command.options
                )
        except OSError as error:
            self.note_failure(pipes)
            raise self._command.failed(error) from error
        self.generation += 1
        argv = " ".join(self._command.argv)
        log.info("%s started: %s (pid %d)", self.title, argv, pipes.pid)
        try:
            async with self._guard(pipes):
                with _valid_answer():
                    if self._handshake:
                        await self._handshake(pipes.rpc)
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
    async def _guard(self, pipes: Pipes) -> AsyncIterator[None]:
        """Apply the deadline to a conversation, and convert its failures to ToolCrashError."""
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
            await pipes.wait()  # it is being killed, and the rest of its output is on its way
            words = f"; it said: {pipes.last_words}" if pipes.last_words else ""
            raise ToolCrashError(error.cause, error.details + words) from None

    def note_failure(self, pipes: Pipes | None = None) -> None:
        """Delay the next start; if one crash fails several requests, it counts once."""
        pipes = pipes or self._pipes
        if pipes is not None:
            if pipes.failed:
                return
            pipes.failed = True
        self._failures += 1
        self._failed_at = asyncio.get_running_loop().time()
