"""The process in which texts are parsed, rewritten and judged: away from the loop.

Started with our own interpreter; speaks JSON-RPC 2.0 in LSP's framing on its standard streams.
It keeps nothing between two requests. These are understood; texts are whole documents, ranges and
edits are nested lists of 0-based numbers in code points:

``targets`` {action, text, where, options}: answers {targets: [[key, range]], left: [[key, why]]}.
``propose`` {action, text, keys, options, request}: sends a notification ``item`` {request, key,
    value} for each definition as its facts are known, and answers {} at the end.
``questions`` {action, text, keys, options, request}: sends such notifications with what to ask a
    model, {text, calls, secrets} or {reason}; the first, with an empty key, is about the file.
``apply`` {action, text, facts, options}: answers {edits, changed, places, left, confirm, whole,
    code, after, steps, verdict}; places are those of the definitions changed, code and after are
    texts for the tools to check, before and after, and steps lead from one to the other.
``prove`` {action, before, after, options}: answers {edits, code, after, steps, verdict}.
``baseline`` {action, before, after}: answers {baseline, steps}, the text whose findings those of
    the one after are compared with, and how the one becomes the other.
``reduce`` {action, after, facts, faults}: answers {facts, places}; places are the keys of the
    definitions in which the faults stand.
``redact`` {texts, secrets, options}: answers {texts, secrets}.
``same`` {before, after, keys}: answers {keys}, those whose definitions are the same in both.
``warm`` {action, text, keys, options}: answers {} once what ``apply`` needs is worked out.
``elsewhere`` {text, keys, options}: answers {uses}: where other files use a converted function.
"""

from __future__ import annotations

import gc
import os
import queue
import sys
import threading
import traceback
from typing import TYPE_CHECKING, Any

import orjson

from python_expert.analysis.error_recovery import BrokenError
from python_expert.pipeline import service
from python_expert.processes import streams

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

RECURSION_LIMIT = 20_000
STACK_BYTES = 128 * 1024 * 1024
"""Deep enough for trees as deep as Python's parser allows; reserved, not used."""

NICE = 10
"""How far rewrites stand back for ruff and the editor where there are too few cores for all."""

BROKEN = 1
INTERNAL = -32603

OBJECTS = 50_000
"""How many new objects there are before Python looks for garbage: trees have that many, and none of
it is garbage."""


def _serve(inbox: queue.SimpleQueue[dict[str, Any]], output: BinaryIO) -> None:
    """Answer requests, one after the other."""

    def send(message: dict[str, Any]) -> None:
        body = orjson.dumps({"jsonrpc": "2.0", **message}, default=tuple)
        output.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        output.flush()

    while True:
        request = inbox.get()
        number, method, params = request.get("id"), request["method"], request.get("params") or {}
        if number is None:
            continue
        try:
            if method in service.STREAMS:
                for key, value in service.STREAMS[method](params):
                    news = {"request": params["request"], "key": key, "value": value}
                    send({"method": "item", "params": news})
                result: dict[str, Any] = {}
            else:
                result = service.METHODS[method](params)
            send({"id": number, "result": result})
        except BrokenError as error:
            send({"id": number, "error": {"code": BROKEN, "message": str(error)}})
        except (RecursionError, MemoryError):
            text = "the code is nested too deeply to be rewritten"
            send({"id": number, "error": {"code": BROKEN, "message": text}})
        except BaseException as error:  # noqa: BLE001 - the next request may fare better
            traceback.print_exc()
            send({"id": number, "error": {"code": INTERNAL, "message": repr(error)}})


def _receive(stream: BinaryIO) -> Iterator[dict[str, Any]]:
    """Read messages until the stream ends."""
    length = 0
    while header := stream.readline():
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        elif not header.strip():
            yield orjson.loads(stream.read(length))


def main() -> None:
    """Serve until the input ends."""
    stdin, stdout = streams.claim()
    if hasattr(os, "nice"):
        os.nice(NICE)
    sys.setrecursionlimit(RECURSION_LIMIT)
    gc.set_threshold(OBJECTS)
    threading.stack_size(STACK_BYTES)
    inbox: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_serve, args=(inbox, stdout), daemon=True).start()
    for message in _receive(stdin):
        inbox.put(message)
    os._exit(0)  # whatever the thread is at: nobody is there to hear of it


if __name__ == "__main__":
    main()
