"""The answer to ``initialize``, given before the server is imported.

This module only imports modules that are imported anyway.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_expert import __version__
from python_expert.lsp.messages import INVALID_PARAMS, NOT_INITIALIZED, read, refusal
from python_expert.lsp.shapes import MisfitError, check_params
from python_expert.processes import wire
from python_expert.text.columns import Encoding

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

Json = dict[str, Any]

CAPABILITIES = Path(__file__).with_name("capabilities.json")
"""The server's capabilities; a test compares them with the registered handlers."""


def answer_initialize(source: BinaryIO, sink: BinaryIO) -> Json | None:
    """Wait for the client's ``initialize`` and answer it; refuse all earlier requests.

    Args:
        source: The stream to which the client writes.
        sink: The stream from which the client reads.

    Returns:
        The parameters of ``initialize``; None if the client has disconnected.
    """
    message: Json | None
    params: Json | None
    answer: Json | None
    with contextlib.suppress(OSError, ValueError):
        while (body := wire.receive(source)) is not None:
            message = params = answer = None
            try:
                message = read(body)
                if message.get("method") == "exit":
                    return None
                params = _introduction(message)
                known = result(params["capabilities"])
                answer = {"jsonrpc": "2.0", "id": message["id"], "result": known}
            except wire.RequestError as error:
                answer = refusal(message, error)
            if answer is not None:
                sink.write(wire.frame(json.dumps(answer).encode()))
                sink.flush()
            if params is not None:
                return params
    return None


def result(capabilities: Mapping[str, Any]) -> Json:
    """Return the ``initialize`` result for a client with these capabilities."""
    ours: Json = json.loads(CAPABILITIES.read_bytes())
    ours["positionEncoding"] = encoding(capabilities)
    if not pulls(capabilities):
        del ours["diagnosticProvider"]
    server = {"name": "python-expert", "version": __version__}
    return {"capabilities": ours, "serverInfo": server}


def workspace_folders(params: Mapping[str, Any]) -> list[Json]:
    """Return the workspace folders in the parameters of ``initialize``."""
    root = params.get("rootUri")  # sent by clients without workspace folders
    single = [{"uri": root}] if root else []
    return params.get("workspaceFolders") or single


def encoding(capabilities: Mapping[str, Any]) -> Encoding:
    """Return the first supported encoding in the client's list; UTF-16 by default."""
    offered = (capabilities.get("general") or {}).get("positionEncodings")
    known = (Encoding(each) for each in offered or () if each in tuple(Encoding))
    return next(known, Encoding.UTF16)


def pulls(capabilities: Mapping[str, Any]) -> bool:
    """Return whether a client requests diagnostics instead of receiving published ones."""
    text = capabilities.get("textDocument") or {}
    return text.get("publishDiagnostics") is None and text.get("diagnostic") is not None


def _introduction(message: Json) -> Json:
    """Return the parameters of ``initialize``.

    Raises:
        RequestError: It is another message, or the parameters are invalid.
    """
    if message.get("method") != "initialize" or message.get("id") is None:
        raise wire.RequestError("the server is not initialized", code=NOT_INITIALIZED)
    try:
        check_params("initialize", message.get("params"))
    except MisfitError as error:
        text = f"the parameters of initialize are invalid: {error}"
        raise wire.RequestError(text, code=INVALID_PARAMS) from None
    params: Json = message["params"]
    return params
