"""Messages to and from the editor.

pygls reads its input line by line through a thread pool and answers a malformed request with
silence. Here one thread reads whole messages, another writes them, and every request is answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import queue
import threading
from typing import TYPE_CHECKING, Any

import orjson

from python_expert.processes import wire

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

log = logging.getLogger(__name__)

LAST_WORDS_S = 2.0
"""Seconds in which a client is to read what the server still has to say when it leaves."""

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
INVALID_PARAMS = -32602
NOT_INITIALIZED = -32002


def listen_on_loop(
    source: BinaryIO, on_message: Callable[[bytes], None], on_end: Callable[[], None]
) -> None:
    """Read messages in a thread of its own and hand them to the event loop.

    Args:
        source: Where the client writes.
        on_message: Called on the loop with the body of each message, in order.
        on_end: Called on the loop once the client has gone.
    """
    loop = asyncio.get_running_loop()

    def post(callback: Callable[..., None], *args: bytes) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(callback, *args)

    def end(error: Exception | None) -> None:
        if error:
            log.info("the connection to the editor broke: %s", error)
        post(on_end)

    wire.listen(source, lambda body: post(on_message, body), end)


class MessageWriter:
    """Writes messages in a thread of its own; pygls takes it as its writer.

    An editor that does not read keeps the server from nothing: what it is told waits here, however
    much that is, as one that is merely slow must lose nothing.

    Args:
        sink: Where the client reads.
        on_end: Called on the loop once the client has gone.
    """

    def __init__(self, sink: BinaryIO, on_end: Callable[[], None]) -> None:
        self._sink = sink
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        # A daemon, as a write cannot be interrupted when the server leaves.
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Write a framed message, after those that wait."""
        self._waiting.put(data)

    async def finish(self) -> None:
        """Write what still waits, as far as the client reads it soon, and no more."""
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join, LAST_WORDS_S)

    def close(self) -> None:
        """Nothing to do: the streams belong to the process."""

    def _run(self) -> None:
        try:
            while (data := self._waiting.get()) is not None:
                self._sink.write(data)
                self._sink.flush()
        except (OSError, ValueError) as error:
            log.info("the connection to the editor broke: %s", error)
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._on_end)


def parse(body: bytes) -> Any:  # noqa: ANN401 - JSON is untyped
    """Read a message's body.

    Half a surrogate pair, which JSON can spell and UTF-8 cannot, becomes U+FFFD: as long in
    UTF-16, so that positions stay right.

    Raises:
        ValueError: It is no JSON.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        try:
            text = json.dumps(json.loads(body), ensure_ascii=False)
        except RecursionError:
            raise ValueError("it is nested too deep") from None
        mended = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return json.loads(mended)
