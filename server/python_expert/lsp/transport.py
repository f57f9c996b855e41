"""Transport of messages to and from the editor: one thread reads them, another writes them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
from typing import TYPE_CHECKING, Any

import orjson

from python_expert.lsp import messages
from python_expert.processes import wire

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

log = logging.getLogger(__name__)

LAST_WORDS_S = 2.0
"""Seconds for the client to read the server's last messages when it exits."""


def listen_on_loop(
    source: BinaryIO, on_message: Callable[[bytes], None], on_end: Callable[[], None]
) -> None:
    """Read messages in a separate thread and pass them to the event loop.

    Args:
        source: The stream to which the client writes.
        on_message: Called on the loop with the body of each message, in order.
        on_end: Called on the loop once the client has disconnected.
    """
    loop = asyncio.get_running_loop()

    def post(callback: Callable[..., None], *args: bytes) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(callback, *args)

    def end(error: Exception | None) -> None:
        if error:
            log.info("the connection to the editor was lost: %s", error)
        post(on_end)

    wire.listen(source, lambda body: post(on_message, body), end)


class MessageWriter:
    """Writes messages in a separate thread.

    An editor that does not read does not block the server: messages wait here, without a limit, so
    that a slow editor loses none.

    Args:
        sink: The stream from which the client reads.
        on_end: Called on the loop once the client has disconnected.
    """

    def __init__(self, sink: BinaryIO, on_end: Callable[[], None]) -> None:
        self._sink = sink
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        # A daemon thread, as a write cannot be interrupted when the server exits.
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Queue a framed message."""
        self._waiting.put(data)

    async def finish(self) -> None:
        """Write the waiting messages that the client reads within a limited time, then stop."""
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join, LAST_WORDS_S)

    def _run(self) -> None:
        try:
            while (data := self._waiting.get()) is not None:
                self._sink.write(data)
                self._sink.flush()
        except (OSError, ValueError) as error:
            log.info("the connection to the editor was lost: %s", error)
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._on_end)


def parse(body: bytes) -> Any:  # noqa: ANN401 - JSON is untyped
    """Read JSON, as `messages.parse` does, but fast.

    Raises:
        ValueError: The text is not JSON.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return messages.parse(body)
