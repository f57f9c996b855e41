"""A small JSON-RPC peer: plain dicts in, plain dicts out, no input or output of its own.

The framing is LSP's (``Content-Length: N`` and a blank line before each message), so that the
same peer speaks with ``ruff server`` and with the workers.
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
"""Bytes after which what precedes a message is treated as invalid output."""


class RpcError(Exception):
    """The other side answered a request with an error.

    Attributes:
        code: JSON-RPC's error code.
        data: What it sent along, if anything.
    """

    def __init__(self, code: int, message: str, data: object = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


class DisconnectedError(Exception):
    """The other side has gone, or sent what is no JSON-RPC message.

    Attributes:
        cause: The text without details that differ from time to time.
        details: These.
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
        on_request: Called for each request of the other side's; its value is the answer.
        on_end: Called once when the conversation ends, however it does.
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
        """Whether the conversation is over."""
        return self._ended is not None

    async def request(self, method: str, params: object) -> Any:  # noqa: ANN401 - JSON is untyped
        """Send a request and wait for its answer.

        If the waiting is cancelled, the other side is told so.

        Raises:
            RpcError: The answer is an error.
            DisconnectedError: The conversation ended first.
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
        """Send a notification, in one write with the request that follows if one does.

        Raises:
            DisconnectedError: The conversation is over.
        """
        self._send({"method": method, "params": params})

    def feed(self, data: bytes) -> None:
        """Take what the other side has written."""
        self._received += data
        try:
            while self._ended is None and (body := self._next()) is not None:
                self._dispatch(body)
        except DisconnectedError as reason:
            self.end(reason)

    def end(self, reason: DisconnectedError) -> None:
        """End the conversation; every request still open fails for this reason."""
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
        # Each write wakes the other side; two for one edit would cost as much as all else here.
        if self._unsent and self._ended is None:
            self._write(self._unsent)
        self._unsent = b""

    def _next(self) -> bytes | None:
        """Take the next whole message's body off what was received, if there is one.

        `wire.receive` waits for one, and skips what is not a message. Here nothing may wait, and a
        child that writes anything else is not to be trusted with the rest.
        """
        head = self._received.find(b"\r\n\r\n", 0, LONGEST_HEADER)
        if head < 0:
            if len(self._received) >= LONGEST_HEADER or not _may_be_header(self._received):
                raise _babble(self._received)
            return None
        length = _content_length(self._received[:head])
        if length is None:
            raise _babble(self._received)
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
    """A message as JSON.

    Half a surrogate pair, which in a path stands for a byte that is not UTF-8, becomes U+FFFD.
    """
    try:
        return orjson.dumps(message, default=default)
    except TypeError:
        text = json.dumps(message, ensure_ascii=False, default=default)
        return SURROGATE.sub("\ufffd", text).encode()


def _babble(received: bytes | bytearray) -> DisconnectedError:
    return DisconnectedError("it sent no message", f" but {_quoted(received)}")


def _may_be_header(received: bytes | bytearray) -> bool:
    """Whether bytes can be the beginning of ``Content-Length: N`` or ``Content-Type: …``."""
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
