"""A loopback endpoint that implements the Messages API as the live service does on the wire.

It validates requests as the service does, and answers with behaviours that a test chooses:
`reply`, `refusal`, `error`, `reset` and so on. A request for the models lists
`MessagesServer.models`. Nothing of the SDK is patched.

    with MessagesServer() as server:
        server.script(error(529, "overloaded_error", "Overloaded"), reply("fine"))
        ...
        assert server.requests[0].question == "..."
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
import tempfile
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from python_expert.llm.usage import Usage
from tests.messages_rules import refused

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Sequence

KEY = "sk-ant-api03-LOOPBACK-0123456789abcdef-AA"
"""The key in `MessagesServer.environment`; tests check where it must not appear."""

MODEL = "claude-sonnet-5-5"

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")

TLS_HANDSHAKE = b"\x16"
"""The first byte that a client sends over TLS."""

DEADLINE = 20.0
"""Seconds after which a wait fails."""


@dataclass(frozen=True)
class Request:
    """A request as it arrived.

    Attributes:
        number: Counted from 1.
        method: The HTTP method.
        path: The path, with the query.
        headers: By name in lower case.
        raw: The body's bytes.
        body: The body; empty if it is not a JSON object.
    """

    number: int
    method: str
    path: str
    headers: Mapping[str, str]
    raw: bytes
    body: Mapping[str, Any]

    @property
    def query(self) -> dict[str, str]:
        """The query of the request's path."""
        return dict(parse_qsl(urlsplit(self.path).query))

    @property
    def system(self) -> str:
        """The text of the system prompt."""
        return _text(self.body.get("system", ""))

    @property
    def question(self) -> str:
        """The text of the user's last message."""
        turns = [turn for turn in self.body.get("messages", ()) if turn["role"] == "user"]
        return _text(turns[-1]["content"]) if turns else ""


class Wire:
    """The connection to the client, on which behaviours answer."""

    def __init__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self.request = request
        self.open = True
        """Whether the connection is kept for further requests."""
        self._writer = writer

    async def head(self, status: int, headers: Mapping[str, str]) -> None:
        """Send the status and the headers."""
        lines = [f"HTTP/1.1 {status} {_phrase(status)}", f"request-id: {self._id}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        await self._writer.drain()

    async def whole(
        self, status: int, kind: str, content: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        """Send a complete answer."""
        length = str(len(content))
        await self.head(status, {"content-type": kind, "content-length": length, **(headers or {})})
        self._writer.write(content)
        await self._writer.drain()

    async def stream(self) -> None:
        """Begin a stream of events."""
        kind = "text/event-stream; charset=utf-8"
        await self.head(
            200,
            {"content-type": kind, "cache-control": "no-cache", "transfer-encoding": "chunked"},
        )

    async def event(self, data: Mapping[str, Any]) -> None:
        """Send an event in two chunks, cut in its middle wherever that is."""
        text = json.dumps(data, ensure_ascii=False)
        await self.send(f"event: {data['type']}\ndata: {text}\n\n".encode())

    async def send(self, content: bytes) -> None:
        """Send bytes of a stream."""
        middle = len(content) // 2
        for chunk in (content[:middle], content[middle:]):
            if chunk:
                self._writer.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        await self._writer.drain()

    async def end(self) -> None:
        """End the stream properly."""
        self._writer.write(b"0\r\n\r\n")
        await self._writer.drain()

    def reset(self) -> None:
        """Reset the connection."""
        self.open = False
        linger = struct.pack("ii", 1, 0)
        self._writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, linger
        )
        self._writer.transport.abort()

    @property
    def _id(self) -> str:
        return f"req_{self.request.number:08}"


Behaviour: TypeAlias = Callable[[Wire], Awaitable[None]]
"""A function that answers a request."""


class Gate:
    """Holds back answers until a test opens it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._open = asyncio.Event()

    async def passed(self) -> None:
        """Wait until the gate is open; for behaviours."""
        await self._open.wait()

    def open(self) -> None:
        """Open the gate; can be called in any thread."""
        self._loop.call_soon_threadsafe(self._open.set)


def reply(
    text: str | Sequence[str],
    *,
    usage: Usage | None = None,
    stop_reason: str = "end_turn",
    stop_details: Mapping[str, str] | None = None,
    before: float = 0.0,
    between: float = 0.0,
    after: float = 0.0,
    piece: int = 5,
    gate: Gate | None = None,
) -> Behaviour:
    """Answer with a text.

    Args:
        text: The text, or one text per block.
        usage: The tokens; estimated from the lengths if not given.
        stop_reason: The stop reason.
        stop_details: The details of a refusal.
        before: Seconds before the first event.
        between: Seconds between the pieces.
        after: Seconds after the last piece.
        piece: The number of characters per piece; cuts are also within words and escapes.
        gate: Holds the first event back.
    """
    blocks = [text] if isinstance(text, str) else list(text)

    async def act(wire: Wire) -> None:
        used = usage or Usage(len(wire.request.raw) // 4, sum(map(len, blocks)) // 4 + 1)
        if gate is not None:
            await gate.passed()
        await asyncio.sleep(before)
        if not wire.request.body.get("stream"):
            message = _message(wire.request, used, blocks, stop_reason)
            await wire.whole(200, "application/json", json.dumps(message).encode())
            return
        await wire.stream()
        for event in _events(wire.request, used, blocks, piece):
            await wire.event(event)
            if event["type"] == "content_block_delta":
                await asyncio.sleep(between)
        await asyncio.sleep(after)
        await wire.event(_stopped(used, stop_reason, stop_details))
        await wire.event({"type": "message_stop"})
        await wire.end()

    return act


def refusal(explanation: str = "This cannot be answered.") -> Behaviour:
    """Decline to answer."""
    details = {"type": "refusal", "category": "cyber", "explanation": explanation}
    return reply("", stop_reason="refusal", stop_details=details)


def error(
    status: int, kind: str, message: str, headers: Mapping[str, str] | None = None
) -> Behaviour:
    """Answer with an error."""

    async def act(wire: Wire) -> None:
        await wire.whole(status, "application/json", _error(wire, kind, message), headers)

    return act


def error_in_stream(kind: str, message: str, usage: Usage = Usage(10, 1)) -> Behaviour:  # noqa: B008
    """Begin an answer, and send an error event in the middle of it."""

    async def act(wire: Wire) -> None:
        await _begin(wire, usage)
        await wire.event(json.loads(_error(wire, kind, message)))
        await wire.end()

    return act


def reset(usage: Usage = Usage(10, 1)) -> Behaviour:  # noqa: B008
    """Begin an answer, and reset the connection."""

    async def act(wire: Wire) -> None:
        await _begin(wire, usage)
        wire.reset()

    return act


def cut(usage: Usage = Usage(10, 1), *, started: bool = True) -> Behaviour:  # noqa: B008
    """End the stream properly before the message is complete, or before it begins."""

    async def act(wire: Wire) -> None:
        await (_begin(wire, usage) if started else wire.stream())
        await wire.end()

    return act


def malformed(content: bytes = b'event: content_block_delta\ndata: {"type": "con\n\n') -> Behaviour:
    """Send data that is not an event of the Messages API."""

    async def act(wire: Wire) -> None:
        await _begin(wire, Usage(10, 1))
        await wire.send(content)
        await wire.end()

    return act


def hang(*, started: bool = False) -> Behaviour:
    """Never answer or never complete an answer; `MessagesServer.wait_closed` waits for the end."""

    async def act(wire: Wire) -> None:
        if started:
            await _begin(wire, Usage(10, 1))
        await asyncio.Event().wait()

    return act


def page(
    content: str = "<!doctype html><title>Sign in</title>",
    *,
    status: int = 200,
    kind: str = "text/html; charset=utf-8",
) -> Behaviour:
    """Answer with content that is not of the Messages API, such as an HTML page."""

    async def act(wire: Wire) -> None:
        await wire.whole(status, kind, content.encode())

    return act


def models(names: Mapping[str, str]) -> Behaviour:
    """List models, a page of them as the query asks for it.

    Args:
        names: The display name of each, by id.
    """

    async def act(wire: Wire) -> None:
        query, ids = wire.request.query, list(names)
        start = ids.index(query["after_id"]) + 1 if "after_id" in query else 0
        end = start + int(query.get("limit", 20))
        listed = {
            "data": [_model(each, names[each]) for each in ids[start:end]],
            "has_more": end < len(ids),
            "first_id": next(iter(ids[start:end]), None),
            "last_id": next(reversed(ids[start:end]), None),
        }
        await wire.whole(200, "application/json", json.dumps(listed).encode())

    return act


def redirect(location: str, status: int = 307) -> Behaviour:
    """Redirect the client to another address."""

    async def act(wire: Wire) -> None:
        await wire.whole(status, "text/plain", b"", {"location": location})

    return act


@dataclass
class MessagesServer:
    """The endpoint; it listens on 127.0.0.1 in its own thread while it is entered.

    Attributes:
        answer: The behaviour for requests without a scripted behaviour.
        models: The display names of the models that it lists, by id.
        tls: The certificate, for https.
        requests: All requests, in the order of their arrival.
        connections: How many connections there have been.
        open: How many connections there are.
        most: The maximum number of concurrent requests.
        port: The port on which it listens.
    """

    answer: Callable[[Request], Behaviour] = lambda _request: reply("{}")
    models: dict[str, str] = field(default_factory=lambda: {MODEL: "Claude Sonnet 5.5"})
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    most: int = 0
    port: int = 0
    _scripted: deque[Behaviour] = field(default_factory=deque)
    _under_way: int = 0
    _given_up: int = 0
    _bugs: list[BaseException] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="messages")
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(DEADLINE)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(DEADLINE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE)
        self._loop.close()
        self._folder.cleanup()
        if self._bugs:
            raise self._bugs[0]

    @property
    def url(self) -> str:
        """The endpoint's URL."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables with which a client uses this endpoint, and only this one."""
        return {
            "ANTHROPIC_BASE_URL": self.url,
            "ANTHROPIC_API_KEY": KEY,
            "ANTHROPIC_CONFIG_DIR": self._folder.name,
            "NO_PROXY": "127.0.0.1",
        }

    @property
    def environment(self) -> dict[str, str]:
        """A complete environment for a child process that uses this endpoint."""
        mine = {
            name: value
            for name, value in os.environ.items()
            if name not in PROXIES and not name.startswith("ANTHROPIC_")
        }
        return mine | self.variables

    def gate(self) -> Gate:
        """Return a gate for replies."""
        return Gate(self._loop)

    def script(self, *behaviours: Behaviour) -> None:
        """Set the behaviours for the next requests, in order."""
        self._scripted.extend(behaviours)

    def wait_requests(self, count: int, timeout: float = DEADLINE) -> bool:
        """Wait until a number of requests have arrived; return whether they have."""
        return self._wait(lambda: len(self.requests) >= count, timeout)

    def wait_closed(self, timeout: float = DEADLINE, count: int = 1) -> bool:
        """Wait until clients have closed this many connections before their answer was complete."""
        return self._wait(lambda: self._given_up >= count, timeout)

    def wait_idle(self, timeout: float = DEADLINE) -> bool:
        """Wait until no connection is open."""
        return self._wait(lambda: self.open == 0, timeout)

    def _wait(self, happened: Callable[[], bool], timeout: float) -> bool:
        with self._changed:
            return self._changed.wait_for(happened, timeout)

    def _count(self, **changes: int) -> None:
        with self._changed:
            for name, change in changes.items():
                setattr(self, name, getattr(self, name) + change)
            self.most = max(self.most, self._under_way)
            self._changed.notify_all()

    async def _start(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self.tls, backlog=500
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._count(connections=1, open=1)
        try:
            while (request := await self._read(reader)) is not None:
                wire = Wire(request, writer)
                if not await self._answer(wire, reader) or not wire.open:
                    break
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._count(open=-1)
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Request | None:
        start = await reader.read(1)
        if start in {b"", TLS_HANDSHAKE}:
            return None
        head = start + await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        method, path, _ = first.split(" ")
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        raw = await reader.readexactly(int(headers.get("content-length", 0)))
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            body = {}
        parsed = body if isinstance(body, dict) else {}
        request = Request(len(self.requests) + 1, method, path, headers, raw, parsed)
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
        return request

    async def _answer(self, wire: Wire, reader: asyncio.StreamReader) -> bool:
        """Answer a request; return whether the client waited for the end of the answer."""
        self._count(_under_way=1)
        acting = asyncio.create_task(self._act(wire))
        # A client sends nothing before it has its answer, so it can only close the connection.
        watching = asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait({acting, watching}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waited = acting.done()
            acting.cancel()
            watching.cancel()
            outcome, _ = await asyncio.gather(acting, watching, return_exceptions=True)
            self._count(_under_way=-1)
        if isinstance(outcome, ConnectionError):
            waited = False
        elif isinstance(outcome, Exception):
            # No more data follows: without a close the client would wait until its own timeout.
            self._bugs.append(outcome)
            waited = False
        if not waited:
            self._count(_given_up=1)
        return waited

    async def _act(self, wire: Wire) -> None:
        request = wire.request
        wrong = refused(request.method, request.path, request.headers, request.body)
        if wrong is not None:
            await error(*wrong)(wire)
        elif self._scripted:
            await self._scripted.popleft()(wire)
        elif request.method == "GET":
            await models(self.models)(wire)
        else:
            await self.answer(request)(wire)


def _events(
    request: Request, usage: Usage, blocks: Sequence[str], piece: int
) -> Iterator[dict[str, Any]]:
    """Yield the events of an answer, up to the end of its last block."""
    yield {"type": "message_start", "message": _message(request, usage._replace(output=1))}
    yield {"type": "ping"}
    for index, text in enumerate(blocks):
        empty = {"type": "text", "text": ""}
        yield {"type": "content_block_start", "index": index, "content_block": empty}
        for start in range(0, len(text), piece):
            delta = {"type": "text_delta", "text": text[start : start + piece]}
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}


def _stopped(
    usage: Usage, stop_reason: str, details: Mapping[str, str] | None = None
) -> dict[str, Any]:
    delta: dict[str, Any] = {"stop_reason": stop_reason, "stop_sequence": None}
    if details is not None:
        delta["stop_details"] = details
    return {"type": "message_delta", "delta": delta, "usage": _used(usage)}


async def _begin(wire: Wire, usage: Usage) -> None:
    """Send the beginning of an answer."""
    await wire.stream()
    for event in list(_events(wire.request, usage, ["half an ans"], 5))[:-1]:
        await wire.event(event)


def _message(
    request: Request, usage: Usage, blocks: Sequence[str] = (), stop_reason: str | None = None
) -> dict[str, Any]:
    return {
        "id": f"msg_{request.number:08}",
        "type": "message",
        "role": "assistant",
        "model": request.body.get("model"),
        "content": [{"type": "text", "text": text} for text in blocks],
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": _used(usage),
    }


def _used(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.input,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cache_read,
        "output_tokens": usage.output,
        "service_tier": "standard",
    }


def _error(wire: Wire, kind: str, message: str) -> bytes:
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": wire._id}
    return json.dumps(body).encode()


def _model(number: str, name: str) -> dict[str, str]:
    created = "2026-09-28T00:00:00Z"
    return {
        "type": "model",
        "id": number,
        "display_name": name,
        "created_at": created,
        "lifecycle": "active",
    }


def _text(content: str | Sequence[Mapping[str, str]]) -> str:
    """Return the text of a prompt, which may consist of blocks."""
    return content if isinstance(content, str) else "".join(block["text"] for block in content)


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Unknown"
