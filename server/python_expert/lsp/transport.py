"""Messages in and out: framing, JSON, and what a message that is none gets for an answer.

pygls reads its input line by line through a thread pool and answers a malformed request with
silence. Here one thread reads whole messages, another writes them, and every request is answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import queue
import re
import threading
from typing import TYPE_CHECKING, Any

import orjson

from python_expert.processes.jsonrpc import dumps

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

log = logging.getLogger(__name__)

LONGEST_MESSAGE = 1024**3
"""Bytes of a message after which a connection is given up."""

LAST_WORDS_S = 2.0
"""Seconds in which a client is to read what the server still has to say when it leaves."""

_LENGTH = re.compile(rb"content-length:[ \t]*(\d+)\s*$", re.IGNORECASE)
"""Also behind what a message left over whose own length was wrong: the next one is read again."""

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
INVALID_PARAMS = -32602
NOT_INITIALIZED = -32002


class Reader:
    """Reads messages in a thread of its own and hands them to the event loop.

    Args:
        source: Where the client writes.
        on_message: Called on the loop with the body of each message, in order.
        on_end: Called on the loop once the client has gone.
    """

    def __init__(
        self,
        source: BinaryIO,
        on_message: Callable[[bytes], None],
        on_end: Callable[[], None],
    ) -> None:
        self._source = source
        self._on_message = on_message
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        # A daemon, as a read cannot be interrupted when the server leaves.
        threading.Thread(target=self._run, name="reader", daemon=True).start()

    def _run(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            try:
                while (body := self._read()) is not None:
                    self._loop.call_soon_threadsafe(self._on_message, body)
            except (OSError, ValueError) as error:
                log.info("the connection to the editor broke: %s", error)
            finally:
                self._loop.call_soon_threadsafe(self._on_end)

    def _read(self) -> bytes | None:
        length = 0
        while header := self._source.readline():
            if match := _LENGTH.search(header):
                length = int(match[1])
                if length > LONGEST_MESSAGE:
                    raise ValueError(f"a message of {length} bytes")
            elif not header.strip() and length:
                body = self._source.read(length)
                return body if len(body) == length else None
        return None


class Writer:
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


def frame(message: Any, default: Callable[[Any], Any] | None = None) -> bytes:  # noqa: ANN401
    """A message as it goes over the wire."""
    body = dumps(message, default)
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


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
