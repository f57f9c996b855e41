"""The answer to ``initialize``, given before the server's heavy imports.

The answer is nearly the same for every client; `capabilities.json` holds it, and a test compares
it with what the server itself would answer. This module imports only what is imported anyway.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert import __version__
from python_expert.processes import wire
from python_expert.text.columns import Encoding

if TYPE_CHECKING:
    from typing import BinaryIO

Json = dict[str, Any]

CAPABILITIES = Path(__file__).with_name("capabilities.json")
"""What every client is told; ``python -m tests.capabilities`` writes it."""


class FirstMessage(NamedTuple):
    """The client's first message.

    Attributes:
        body: The message.
        greeted: Whether it is an ``initialize`` that has been answered.
    """

    body: bytes
    greeted: bool = False


def greet(source: BinaryIO, sink: BinaryIO) -> FirstMessage | None:
    """Wait for the client's first message and answer it, if it is a proper ``initialize``.

    What is doubtful is left to the server, which knows the whole protocol.

    Args:
        source: Where the client writes.
        sink: Where it reads.

    Returns:
        The message; None if the client has gone.
    """
    try:
        body = wire.receive(source)
    except (OSError, ValueError):
        return None
    if body is None:
        return None
    message: Any = None
    with contextlib.suppress(ValueError, RecursionError):
        message = json.loads(body)
    if not _is_initialize(message):
        return FirstMessage(body)
    answer = {"jsonrpc": "2.0", "id": message["id"], "result": result(message["params"])}
    try:
        sink.write(wire.frame(json.dumps(answer).encode()))
        sink.flush()
    except (OSError, ValueError):
        return None
    return FirstMessage(body, greeted=True)


def result(params: Json) -> Json:
    """What a client is told about the server.

    Args:
        params: The client's, of which `_is_initialize` approves.
    """
    capabilities: Json = json.loads(CAPABILITIES.read_bytes())
    capabilities["positionEncoding"] = encoding(params["capabilities"])
    if not pulls(params["capabilities"]):
        del capabilities["diagnosticProvider"]
    server = {"name": "python-expert", "version": __version__}
    return {"capabilities": capabilities, "serverInfo": server}


def essentials(params: Json) -> Json:
    """Of parameters that the server cannot read, those that the answer was made of."""
    given = params["capabilities"]
    text: Json = {"diagnostic": {}} if pulls(given) else {}
    folders = params.get("workspaceFolders")
    kept = {"processId": params.get("processId"), "rootUri": params.get("rootUri")}
    general = {"positionEncodings": [encoding(given)]}
    return {
        **{key: value for key, value in kept.items() if isinstance(value, int | str)},
        "workspaceFolders": folders,
        "capabilities": {"general": general, "textDocument": text},
    }


def encoding(capabilities: Json) -> str:
    """The first position encoding in the client's order that is known; LSP's default is UTF-16."""
    offered = (capabilities.get("general") or {}).get("positionEncodings")
    known = (each for each in offered or () if each in tuple(Encoding))
    return next(known, Encoding.UTF16)


def pulls(capabilities: Json) -> bool:
    """Whether a client asks for diagnostics, and does not take them pushed."""
    text = capabilities.get("textDocument") or {}
    return text.get("publishDiagnostics") is None and text.get("diagnostic") is not None


def _is_initialize(message: object) -> bool:
    """Whether a message is a request to initialize, as far as the answer depends on it."""
    if not isinstance(message, dict) or message.get("method") != "initialize":
        return False
    params = message.get("params")
    if not isinstance(message.get("id"), int | str) or not isinstance(params, dict):
        return False
    capabilities = params.get("capabilities")
    folders = params.get("workspaceFolders")
    return (
        isinstance(capabilities, dict)
        and all(
            isinstance(capabilities.get(key), dict | None) for key in ("general", "textDocument")
        )
        and isinstance((capabilities.get("general") or {}).get("positionEncodings"), list | None)
        and isinstance(params.get("processId"), int | None)
        and isinstance(params.get("rootUri"), str | None)
        and isinstance(folders, list | None)
        and all(_is_folder(each) for each in folders or ())
    )


def _is_folder(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(value.get(key), str) for key in ("uri", "name")
    )
