"""Single messages of JSON-RPC: reading and refusing them.

The answer to ``initialize`` needs this module, so it imports nothing that takes time.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from python_expert.processes.wire import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

Json = dict[str, Any]

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
INVALID_PARAMS = -32602
NOT_INITIALIZED = -32002
CANCELLED = -32800
CONTENT_MODIFIED = -32801
REQUEST_FAILED = -32803


def parse(body: bytes) -> Any:  # noqa: ANN401 - JSON is untyped
    """Read JSON.

    An unpaired surrogate, which JSON can express and UTF-8 cannot, becomes U+FFFD. Its length in
    UTF-16 is the same, so positions stay correct.

    Raises:
        ValueError: The text is not JSON.
    """
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return json.loads(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def read(body: bytes, parse: Callable[[bytes], Any] = parse) -> Json:
    """Read a message.

    Args:
        body: Its text.
        parse: Reads JSON, or raises ValueError.

    Raises:
        RequestError: It is not a message. The response has no request id, as none is known.
    """
    try:
        message = parse(body)
    except ValueError as error:
        raise RequestError(f"this is not JSON: {error}", code=PARSE_ERROR) from None
    if not isinstance(message, dict):
        raise RequestError("a message must be a JSON object", code=INVALID_REQUEST)
    if not isinstance(message.get("id"), str | int | float | None):
        raise RequestError("an id must be a number or a string", code=INVALID_REQUEST)
    if not isinstance(message.get("method"), str | None):
        raise RequestError("a method must be a string", code=INVALID_REQUEST)
    if message.get("method") is None and message.get("id") is None:
        raise RequestError("a message must have a method or an id", code=INVALID_REQUEST)
    return message


def refusal(message: Json | None, error: RequestError) -> Json | None:
    """Return the error response to an invalid message; None if no response is expected.

    Args:
        message: A request, a notification, or None if it is neither.
        error: The reason.
    """
    log.warning("%s", error)
    if message is not None and not ("id" in message and "method" in message):
        return None
    number = message.get("id") if message else None
    return {"jsonrpc": "2.0", "id": number, "error": error.json}
