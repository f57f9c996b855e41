"""The loop that serves one client."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any

from python_expert.lsp.client import Client
from python_expert.lsp.handlers import add_handlers
from python_expert.lsp.initialization import answer_initialize
from python_expert.lsp.protocol import Protocol
from python_expert.lsp.session import Session
from python_expert.lsp.transport import MessageWriter, listen_on_loop
from python_expert.processes.early_start import end_early

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import BinaryIO

log = logging.getLogger(__name__)

PARENT_POLL_S = 5.0
"""Seconds between two checks that the editor is alive."""


async def serve(source: BinaryIO, sink: BinaryIO, params: Mapping[str, Any]) -> int:
    """Serve one client until it disconnects.

    Args:
        source: The stream to which the client writes.
        sink: The stream from which the client reads.
        params: The parameters of its ``initialize`` request, which has been answered.

    Returns:
        The exit status LSP asks for: 0 after ``shutdown``, else 1.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[int] = loop.create_future()

    def end(status: int) -> None:
        protocol.close()
        if not ended.done():
            ended.set_result(status)

    # Imported modules stay, so the garbage collector can skip them.
    gc.freeze()
    gc.enable()
    writer = MessageWriter(sink, lambda: end(1))
    protocol = Protocol(writer.write, end)
    session = Session(protocol, Client.of(params["capabilities"]), params)
    add_handlers(protocol, session)
    listen_on_loop(source, protocol.receive, lambda: end(1))
    if os.name != "nt":  # so that no tool outlives a server that is asked to exit
        _on_termination(protocol.close, lambda: end(1))
    watch = asyncio.create_task(_watch_parent(params.get("processId") or 0, lambda: end(1)))
    status = await ended
    watch.cancel()
    end_early()
    await session.stop()
    await protocol.answered()
    await writer.finish()
    return status


def _on_termination(close: Callable[[], None], end: Callable[[], None]) -> None:
    """Set callbacks for a request to the process to exit.

    Args:
        close: Called immediately, before callbacks that are waiting on the event loop.
        end: Called on the event loop.
    """
    loop = asyncio.get_running_loop()

    def terminated(*_: object) -> None:
        close()
        loop.call_soon_threadsafe(end)

    loop.add_signal_handler(signal.SIGTERM, end)
    # Asyncio receives signals through a pipe, which a flood of messages can fill. The loop is
    # awake then and runs this callback.
    signal.signal(signal.SIGTERM, terminated)
    signal.set_wakeup_fd(signal.set_wakeup_fd(-1), warn_on_full_buffer=False)


def serve_tcp(host: str, port: int) -> int:
    """Wait for one client on a TCP port and serve it; port 0 means any, and is logged."""
    with socket.create_server((host, port)) as listening:
        print(  # noqa: T201 - prints the port on standard error if it was 0
            f"listening on {host}:{listening.getsockname()[1]}", file=sys.stderr, flush=True
        )
        connection, _ = listening.accept()
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        source, sink = connection.makefile("rb"), connection.makefile("wb")
        try:
            params = answer_initialize(source, sink)
            return 1 if params is None else asyncio.run(serve(source, sink, params))
        finally:
            with contextlib.suppress(OSError):  # the client may have disconnected
                connection.shutdown(socket.SHUT_RDWR)


async def _watch_parent(editor: int, end: Callable[[], None]) -> None:
    """Exit if the editor has died without closing its pipes.

    Args:
        editor: Its process id, or 0. A process that does not exist may be in another container or
            on another machine.
        end: Called when it has died.
    """
    known = editor and _lives(editor)
    while known:
        await asyncio.sleep(PARENT_POLL_S)
        if not _lives(editor):
            log.warning("the editor (process %d) has gone", editor)
            end()
            return


def _lives(process: int) -> bool:
    """Return whether a process is running; on Windows True is assumed."""
    if os.name != "nt":
        try:
            os.kill(process, 0)
        except (ProcessLookupError, OverflowError):
            return False
        except PermissionError:
            return True
    return True
