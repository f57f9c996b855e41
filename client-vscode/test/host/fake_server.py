#!/usr/bin/env python3
"""A language server that does nothing but write down how it was started and what it was told.

Usage: fake_server.py TRACE BEHAVIOUR, where TRACE is the file that is written, a line of JSON for
each start and each message, and BEHAVIOUR is ``live``, or ``die`` for one that complains and ends
as soon as it has been introduced, or ``wait`` for one that is not ready before TRACE.go is there,
or ``propose`` for one whose commands propose an edit that must be confirmed.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

WATCH = {"registrations": [{"id": "settings", "method": "workspace/didChangeConfiguration"}]}
"""Says that it wants to be told of changed settings."""

ASK = {"items": [{"section": "pythonExpert"}]}
"""Asks for the settings."""


def main() -> None:
    """Answer what must be answered until the input ends."""
    trace, behaviour = Path(sys.argv[1]), sys.argv[2]
    write(trace, {"start": os.getpid(), "key": os.environ.get("ANTHROPIC_API_KEY")})
    while message := read():
        write(trace, message)
        method = message.get("method")
        if method == "initialized" and behaviour == "die":
            sys.stderr.write("cannot reach https://me:secret@index.example\n")
            break
        if method == "initialize" and behaviour == "wait":
            while not Path(f"{trace}.go").exists():
                time.sleep(0.01)
        if method == "exit":
            break
        if method == "initialized":
            send({"id": 0, "method": "client/registerCapability", "params": WATCH})
            send({"id": 1, "method": "workspace/configuration", "params": ASK})
        elif method == "initialize":
            answer(message, {"capabilities": {"textDocumentSync": 1}})
        elif "id" in message and method:
            if method == "workspace/executeCommand" and behaviour == "propose":
                send({"id": 2, "method": "workspace/applyEdit", "params": proposal(message)})
            answer(message, None)


def proposal(command: dict[str, Any]) -> dict[str, Any]:
    """An edit of the command's document that must be confirmed."""
    document = command["params"]["arguments"][0]
    start = {"line": 0, "character": 0}
    edit = {"range": {"start": start, "end": start}, "newText": "# proposed\n", "annotationId": "0"}
    change = {"textDocument": document, "edits": [edit]}
    annotation = {"label": "A comment", "needsConfirmation": True}
    return {"edit": {"documentChanges": [change], "changeAnnotations": {"0": annotation}}}


def read() -> dict[str, Any] | None:
    """Read a message; None at the end."""
    length = 0
    while line := sys.stdin.buffer.readline().strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return json.loads(sys.stdin.buffer.read(length)) if length else None


def answer(request: dict[str, Any], result: object) -> None:
    """Answer a request."""
    send({"id": request["id"], "result": result})


def send(message: dict[str, Any]) -> None:
    """Send a message."""
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    sys.stdout.buffer.flush()


def write(trace: Path, line: dict[str, Any]) -> None:
    """Add a line to the trace."""
    with trace.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
