"""A small JSON-RPC peer on plain dicts, without input and output of its own.

The framing is LSP's (``Content-Length: N`` and a blank line before each message), so the same peer
works for ``ruff server`` and for the workers.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
from typing import TYPE_CHECKING, Any

import orjson

from python_expert.processes.wire import frame
from python_expert.text.paths import SURROGATE

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

LONGEST_HEADER = 1024
"""The number of bytes before a message from which on they are treated as invalid output."""


class RpcError(Exception):
    """The other side answered a request with an error.

    Attributes:
        code: JSON-RPC's error code.
        data: Further data of the error, or None.
    """

    def __init__(self, code: int, message: str, data: object = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


class DisconnectedError(Exception):
    """The other side has closed the connection or sent an invalid message.

    Attributes:
        cause: The text without details that vary between occurrences.
        details: These details.
    """

    def __init__(self, cause: str, details: str = "") -> None:
        super().__init__(cause + details)
        self.cause = cause
        self.details = details


class JsonRpc:
    """One end of a JSON-RPC conversation.

    Args:
        write: Sends bytes to the other side.
        on_notification: Called with the method and params of each notification.
        on_request: Called for each request from the other side; its result is the answer.
        on_end: Called once when the conversation ends for any reason.
    """

    def __init__(
        self,
        write: Callable[[bytes], None],
        *,
        on_notification: Callable[[str, Any], None],
        on_request: Callable[[str, Any], Any],
        on_end: Callable[[], None],
    ) -> None:
        self._write = write
        self._on_notification = on_notification
        self._on_request = on_request
        self._on_end = on_end
        self._ids = itertools.count(1)
        self._pending: dict[int, asyncio.Future[Any]] = {}
        self._received = bytearray()
        self._unsent = b""
        self._ended: DisconnectedError | None = None

    @property
    def ended(self) -> bool:
        """Whether the conversation has ended."""
        return self._ended is not None

    async def request(self, method: str, params: object) -> Any:  # noqa: ANN401 - JSON is untyped
        """Send a request and wait for its answer.

        If the wait is cancelled, the request is cancelled at the other side too.

        Raises:
            RpcError: The answer is an error.
            DisconnectedError: The conversation ended before the answer.
        """
        number = next(self._ids)
        future = asyncio.get_running_loop().create_future()
        self._pending[number] = future
        try:
            self._send({"id": number, "method": method, "params": params})
            self._flush()
            return await future
        except asyncio.CancelledError:
            if self._ended is None:
                self.notify("$/cancelRequest", {"id": number})
            raise
        finally:
            self._pending.pop(number, None)

    def notify(self, method: str, params: object) -> None:
        """Send a notification, in one write with a request that follows directly.

        Raises:
            DisconnectedError: The conversation has ended.
        """
        self._send({"method": method, "params": params})

    def feed(self, data: bytes) -> None:
        """Process data from the other side."""
        self._received += data
        try:
            while self._ended is None and (body := self._next()) is not None:
                self._dispatch(body)
        except DisconnectedError as reason:
            self.end(reason)

    def end(self, reason: DisconnectedError) -> None:
        """End the conversation; all open requests fail with this reason."""
        if self._ended is not None:
            return
        self._ended = reason
        self._received.clear()
        for future in self._pending.values():
            if not future.done():
                future.set_exception(reason)
        self._on_end()

    def _send(self, message: dict[str, Any]) -> None:
        if self._ended is not None:
            raise self._ended
        body = dumps({"jsonrpc": "2.0", **message}, tuple)
        if not self._unsent:
            asyncio.get_running_loop().call_soon(self._flush)
        self._unsent += frame(body)

    def _flush(self) -> None:
        # Each write wakes the other side; two writes for one edit would double that cost.
        if self._unsent and self._ended is None:
            self._write(self._unsent)
        self._unsent = b""

    def _next(self) -> bytes | None:
        """Remove the body of the next complete message from the received data, if there is one.

        `wire.receive` waits for a message, and skips invalid data. Here nothing may wait, and a
        child that sends invalid data is not trusted any further.
        """
        head = self._received.find(b"\r\n\r\n", 0, LONGEST_HEADER)
        if head < 0:
            if len(self._received) >= LONGEST_HEADER or not _may_be_header(self._received):
                raise _invalid_message(self._received)
            return None
        length = _content_length(self._received[:head])
        if length is None:
            raise _invalid_message(self._received)
        start = head + 4
        if len(self._received) < start + length:
            return None
        body = bytes(self._received[start : start + length])
        del self._received[: start + length]
        return body

    def _dispatch(self, body: bytes) -> None:
        try:
            message = orjson.loads(body)
        except orjson.JSONDecodeError:
            message = None
        if not isinstance(message, dict):
            words = f": {_quoted(body)}"
            raise DisconnectedError("it sent a message that is not a JSON object", words)
        try:
            self._take(message)
        except DisconnectedError:
            raise
        except Exception as error:
            log.debug("a message could not be parsed: %s", _quoted(body), exc_info=error)
            words = f": {_quoted(body)}"
            raise DisconnectedError("it sent an invalid message", words) from error

    def _take(self, message: dict[str, Any]) -> None:
        method = message.get("method")
        if method is None:
            self._settle(message)
        elif "id" in message:
            answer = self._on_request(method, message.get("params"))
            self._send({"id": message["id"], "result": answer})
        else:
            self._on_notification(method, message.get("params"))

    def _settle(self, message: dict[str, Any]) -> None:
        future = self._pending.get(message.get("id", 0))
        if future is None or future.done():
            return  # cancelled meanwhile
        error = message.get("error")
        if error is None:
            future.set_result(message.get("result"))
        else:
            future.set_exception(
                RpcError(error.get("code", 0), error.get("message", ""), error.get("data"))
            )


def dumps(message: object, default: Callable[[Any], Any] | None = None) -> bytes:
    """Return a message as JSON.

    An unpaired surrogate, which in a path is a byte that is not UTF-8, becomes U+FFFD.
    """
    try:
        return orjson.dumps(message, default=default)
    except TypeError:
        text = json.dumps(message, ensure_ascii=False, default=default)
        return SURROGATE.sub("\ufffd", text).encode()


def _invalid_message(received: bytes | bytearray) -> DisconnectedError:
    return DisconnectedError("it sent no message", f" but {_quoted(received)}")


def _may_be_header(received: bytes | bytearray) -> bool:
    """Return whether bytes may be the start of ``Content-Length: N`` or ``Content-Type: …``."""
    name = b"content-"
    start = bytes(received[: len(name)]).lower()
    return name.startswith(start)


def _content_length(head: bytes | bytearray) -> int | None:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return None


def _quoted(received: bytes | bytearray) -> str:
    return repr(bytes(received[:60]))
