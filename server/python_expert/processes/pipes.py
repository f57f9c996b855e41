"""A running child's three pipes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from typing import TYPE_CHECKING, Any, cast

from python_expert.processes.command import kill_group
from python_expert.processes.jsonrpc import DisconnectedError, JsonRpc

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

STATUS_WAIT_S = 0.5
"""The time in seconds to wait for the status of a child that has closed a pipe."""

CLOSING_S = 2.0
"""The time in seconds that a child has to end after its input is closed."""

_LAST_WORDS = 2000
"""The number of bytes at the end of standard error that are kept."""


class Pipes(asyncio.SubprocessProtocol):
    """A child's three pipes: JSON-RPC on two of them, and the end of standard error is kept.

    Args:
        title: The tool's name in the log.
        on_notification: Called for the child's notifications.
        on_request: Answers the child's requests.

    Attributes:
        rpc: The connection.
        gone: Set when the child has ended and all of its output is read.
        failed: Whether its failure has been counted; see `Child.note_failure`.
    """

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
    def pid(self) -> int:
        """The child's process id, or 0 before it has started."""
        return self._transport.get_pid() if self._transport else 0

    @property
    def last_words(self) -> str:
        """The end of the standard error output."""
        return self._last_words.decode("utf-8", "replace").strip()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio when the child has started."""
        self._transport = cast("asyncio.SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Called by asyncio with the child's output."""
        if fd == 1:
            self.rpc.feed(data)
        else:
            self._last_words = (self._last_words + data)[-_LAST_WORDS:]
            # A process that is being ended may print errors.
            level = logging.DEBUG if self._leaving else logging.INFO
            log.log(level, "%s: %s", self._title, data.decode("utf-8", "replace").rstrip())

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """Called by asyncio when either side has closed a pipe."""
        del exc
        if fd == 1:
            self._lost("it closed its output")
        elif fd == 0 and not self._leaving:  # the child could never receive requests
            self._lost("it closed its input")

    def _lost(self, why: str) -> None:
        """End the connection soon: usually the child is ending, and its status is more specific."""
        loop = asyncio.get_running_loop()
        loop.call_later(STATUS_WAIT_S, self.rpc.end, DisconnectedError(why))

    def process_exited(self) -> None:
        """Called by asyncio when the child has ended; its pipes may still be open."""
        status = self._transport.get_returncode() if self._transport else None
        if self._leaving:  # a status such as -9 is expected here
            log.info("%s was ended", self._title)
        else:
            log.warning("%s: %s", self._title, _ending(status))
        self.rpc.end(DisconnectedError(_ending(status)))
        self.kill()  # its own children may still be running
        self._exited = True

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio when the child has ended and all pipes are closed."""
        del exc
        if self._transport:
            self._transport.close()
        self.gone.set()

    async def wait(self) -> None:
        """Wait, for a limited time, until the child has ended and all of its output is read."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_S):
                await self.gone.wait()

    def close_input(self) -> None:
        """Close the child's input."""
        self._leaving = True
        if self._transport and (stdin := self._transport.get_pipe_transport(0)):
            stdin.close()

    def kill(self) -> None:
        """Kill the child and its process group."""
        if self._transport and not self._exited:  # later its process id may be another process's
            self._leaving = True  # the exit status is caused by us, and is not meaningful
            kill_group(self._transport.get_pid())

    def _write(self, data: bytes) -> None:
        if self._transport and (stdin := self._transport.get_pipe_transport(0)):
            cast("asyncio.WriteTransport", stdin).write(data)


def _ending(status: int | None) -> str:
    """Describe how a child has ended."""
    if status is None or status >= 0:
        return f"it ended with status {status}"
    name = signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
    why = " (the system does this when memory runs out)" if name == "SIGKILL" else ""
    return f"it was ended by {name}{why}"
