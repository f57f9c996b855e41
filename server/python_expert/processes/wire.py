"""JSON-RPC for worker processes: framing, receiving, and the loop that answers requests.

A message is framed as in LSP: ``Content-Length: N``, a blank line, and N bytes of JSON. This module
imports only the standard library, because some workers run in a project's interpreter (see
`worker_command`).
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import BinaryIO, NoReturn

Json = dict[str, Any]

LONGEST_MESSAGE = 1024**3
"""The length of a message in bytes at which the connection is closed."""

RECURSION_LIMIT = 20_000
STACK_BYTES = 128 * 1024 * 1024
"""The stack size for trees as deep as Python's parser allows; this memory is reserved, not used."""

TREE_OBJECTS = 50_000
"""The number of new objects before a worker of our own collects garbage.

Syntax trees have that many objects, and none of them is garbage.
"""

METHOD_NOT_FOUND = -32601
INTERNAL_ERROR = -32603
REQUEST_FAILED = -32000

_LENGTH = re.compile(rb"content-length:[ \t]*(\d+)\s*$", re.IGNORECASE)
"""The header of a message. It is also found after the rest of a message with a wrong length, so
that the next message can be read."""


def frame(body: bytes) -> bytes:
    """Return a message with its header."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def receive(source: BinaryIO) -> bytes | None:
    """Wait for the next message's body; None if the input ends before it is complete.

    Data that is not a message is skipped.

    Raises:
        ValueError: The message is longer than ``LONGEST_MESSAGE``.
    """
    length = 0
    while header := source.readline():
        if match := _LENGTH.search(header):
            length = int(match[1])
            if length > LONGEST_MESSAGE:
                raise ValueError(f"a message of {length} bytes")
        elif not header.strip() and length:
            body = source.read(length)
            return body if len(body) == length else None
    return None


def listen(
    source: BinaryIO,
    on_message: Callable[[bytes], object],
    on_end: Callable[[Exception | None], object],
) -> None:
    """Receive messages in a thread.

    Args:
        source: The stream from the other side.
        on_message: Called in the thread with the body of each message, in order.
        on_end: Called in the thread at the end, with the error if the connection broke.
    """

    def run() -> None:
        broken = None
        try:
            while (body := receive(source)) is not None:
                on_message(body)
        except (OSError, ValueError) as error:
            broken = error
        finally:
            on_end(broken)

    # A daemon thread, because a read cannot be interrupted when the process ends.
    threading.Thread(target=run, name="reader", daemon=True).start()


def claim() -> tuple[BinaryIO, BinaryIO]:
    """Reserve standard input and output for messages.

    Other code that reads the input then gets its end, and its output goes to standard error.
    """
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return source, sink


def _dumps(message: object) -> bytes:
    """Return a message as JSON; an unpaired surrogate, which UTF-8 cannot encode, becomes ``?``."""
    return json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")


class RequestError(Exception):
    """An error that is sent as the answer to a request.

    Args:
        message: The problem.
        code: JSON-RPC's error code.
        kind: One word for programs, sent as ``data.kind``.
        exit_status: If given, the process ends with it after the error is sent.
    """

    def __init__(
        self,
        message: str,
        *,
        code: int = REQUEST_FAILED,
        kind: str = "",
        exit_status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.kind = kind
        self.exit_status = exit_status

    @property
    def json(self) -> Json:
        """The error as JSON."""
        data = {"data": {"kind": self.kind}} if self.kind else {}
        return {"code": self.code, "message": str(self).strip(), **data}


class Connection:
    """A worker's connection to its parent, on standard input and output.

    Args:
        loads: Parses a message.
        dumps: Serializes a message.

    Attributes:
        on_end: Called, in another thread, when the parent has closed the input. By default it ends
            the process, because the result of its current work would not be read. With another
            function, the process ends when it waits for the next message.
    """

    def __init__(
        self,
        loads: Callable[[bytes], Any] = json.loads,
        dumps: Callable[[object], bytes] = _dumps,
    ) -> None:
        self.on_end: Callable[[], object] = lambda: os._exit(0)
        self._dumps = dumps
        self._inbox: queue.SimpleQueue[Json | None] = queue.SimpleQueue()
        source, self._sink = claim()
        listen(source, lambda body: self._inbox.put(loads(body)), self._end)

    def send(self, **message: object) -> None:
        """Send a message."""
        self._sink.write(frame(self._dumps({"jsonrpc": "2.0", **message})))
        self._sink.flush()

    def notify(self, method: str, params: object) -> None:
        """Send a notification."""
        self.send(method=method, params=params)

    @property
    def waiting(self) -> bool:
        """Whether a message has arrived."""
        return not self._inbox.empty()

    def next(self, pauses: Sequence[tuple[float, Callable[[], object]]] = ()) -> Json:
        """Wait for the next message.

        Args:
            pauses: Work for while no message arrives: seconds to wait and then a function, one
                after the other.
        """
        message = self._wait(pauses)
        if message is None:
            os._exit(0)
        return message

    def _wait(self, pauses: Sequence[tuple[float, Callable[[], object]]]) -> Json | None:
        for seconds, work in pauses:
            with contextlib.suppress(queue.Empty):
                return self._inbox.get(timeout=seconds)
            work()
        return self._inbox.get()

    def _end(self, _error: Exception | None) -> None:
        self.on_end()
        self._inbox.put(None)


def serve(
    connection: Connection,
    handlers: Mapping[str, Callable[..., object]],
    explain: Callable[[BaseException], RequestError],
    *,
    pauses: Sequence[tuple[float, Callable[[], object]]] = (),
    after: Callable[[], object] = lambda: None,
) -> NoReturn:
    """Answer requests one after the other.

    Args:
        connection: The connection with the parent.
        handlers: The function for each method, called with the parameters as keyword arguments. An
            unknown notification is ignored.
        explain: Converts exceptions of handlers other than `RequestError` to an answer.
        pauses: Work for while no message arrives; see `Connection.next`.
        after: Called after each message that was handled without an error.
    """
    while True:
        message = connection.next(pauses)
        number, method = message.get("id"), message.get("method", "")
        handler = handlers.get(method)
        if handler is None:
            if number is not None:
                unknown = RequestError(f"there is no method {method!r}", code=METHOD_NOT_FOUND)
                connection.send(id=number, error=unknown.json)
            continue
        try:
            result = handler(**message.get("params") or {})
            if number is not None:
                connection.send(id=number, result=result)
        except BaseException as error:  # noqa: BLE001 - tools and their plugins may raise anything
            refusal = error if isinstance(error, RequestError) else explain(error)
            if number is not None:
                connection.send(id=number, error=refusal.json)
            if refusal.exit_status is not None:
                os._exit(refusal.exit_status)
        else:
            after()


def on_deep_stack(work: Callable[[], object]) -> None:
    """Run work in a thread whose stack is large enough for the most deeply nested code."""
    sys.setrecursionlimit(RECURSION_LIMIT)
    threading.stack_size(STACK_BYTES)
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join()


def lower_priority(nice: int) -> None:
    """Lower the priority, so that ruff and the editor go first if there are too few cores.

    Linux may schedule each session as a group (sched(7), "The autogroup feature"): niceness then
    counts only within the session, and the group has its own. A worker is its session's only
    process.
    """
    if hasattr(os, "nice"):
        os.nice(nice)
    if sys.platform == "linux" and os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError), open("/proc/self/autogroup", "w") as group:  # noqa: PTH123 - pathlib is slow to import
            group.write(str(nice))
