"""The connection with the parent process."""

from __future__ import annotations

import json
import os
import queue
import threading
from typing import Any

Json = dict[str, Any]


class WorkerError(Exception):
    """What the parent is told instead of a result.

    Attributes:
        kind: "config", "version", "selftest" or "internal".
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Wire:
    """The connection with the parent, out of reach for plugins that print or read."""

    def __init__(self) -> None:
        self.inbox: queue.SimpleQueue[Json] = queue.SimpleQueue()
        self._input = os.fdopen(os.dup(0), "rb")
        self._output = os.fdopen(os.dup(1), "wb")
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        threading.Thread(target=self._listen, daemon=True).start()

    def send(self, **message: object) -> None:
        """Send a message to the parent."""
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._output.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._output.flush()

    def fail(self, request: object, kind: str, message: str) -> None:
        """Answer a request with an error."""
        error = {"code": -32000, "message": message, "data": {"kind": kind}}
        self.send(id=request, error=error)

    def _listen(self) -> None:
        length = 0
        try:
            while line := self._input.readline():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
                elif not line.strip():
                    self.inbox.put(json.loads(self._input.read(length)))
        finally:
            os._exit(0)  # the parent is gone
