"""pygls's protocol with its own documents and reading loop taken out of the way."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol

from python_expert.lsp.greeting import essentials
from python_expert.lsp.transport import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    LAST_WORDS_S,
    NOT_INITIALIZED,
    PARSE_ERROR,
    parse,
)
from python_expert.processes.jsonrpc import dumps
from python_expert.processes.wire import frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from python_expert.lsp.greeting import FirstMessage

log = logging.getLogger(__name__)


class Protocol(LanguageServerProtocol):
    """JSON-RPC for the server; dispatch, cancellation and requests to the client are pygls's.

    Attributes:
        direct: Handlers of frequent notifications; they get the params as plain JSON.
        on_exit: Called with the exit status when the client says ``exit``.
    """

    direct: dict[str, Callable[[Any], None]]
    on_exit: Callable[[int], None]
    _initialized = False
    _leaving = False
    _answered: int | str | None = None

    def _register_builtin_features(self) -> None:
        super()._register_builtin_features()  # type: ignore[no-untyped-call]
        # Open documents are kept in documents.py; pygls's would be a second copy,
        # with other ideas of where a line ends.
        for method in tuple(self.fm.builtin_features):
            if method.startswith(("textDocument/did", "notebookDocument/did")):
                del self.fm.builtin_features[method]

    def receive(self, body: bytes) -> None:
        """Handle a message; whatever is in it, this does not raise."""
        try:
            message = parse(body)
        except ValueError as error:
            self._refuse(None, PARSE_ERROR, f"this is not JSON: {error}")
            return
        if not isinstance(message, dict):
            self._refuse(None, INVALID_REQUEST, "a message must be a JSON object")
            return
        if not isinstance(message.get("id"), str | int | float | None):
            self._refuse(None, INVALID_REQUEST, "an id must be a number or a string")
            return
        try:
            self._handle(message)
        except JsonRpcException as error:
            # What exactly does not fit is in the log, by pygls.
            text = f"the parameters of {message.get('method')} do not fit: {error}"
            self._refuse(message, INVALID_PARAMS, text)
        except Exception:
            log.exception("a message could not be handled: %.300s", body)
            self._refuse(message, INVALID_REQUEST, "this message cannot be handled")

    def begin(self, first: FirstMessage) -> None:
        """Handle the first message; where the client has its answer, it gets no other."""
        if not first.greeted:
            self.receive(first.body)
            return
        message = parse(first.body)
        self._answered = message["id"]
        self.receive(first.body)
        if not self._initialized:
            log.warning("the client's capabilities cannot be read; the least is taken for granted")
            self.receive(json.dumps({**message, "params": essentials(message["params"])}).encode())
        self._answered = None

    def send(self, method: str, params: object) -> None:
        """Send a notification of plain JSON, past the converters."""
        self._write({"jsonrpc": "2.0", "method": method, "params": params})

    async def answered(self) -> None:
        """Wait until ``shutdown`` is answered, if the client has asked for it; not for ever."""
        if self._leaving and self._request_futures:
            waiting = [asyncio.wrap_future(each) for each in self._request_futures.values()]
            await asyncio.wait(waiting, timeout=LAST_WORDS_S)

    def _execute_handler(
        self,
        msg_id: str | int,
        handler: Callable[..., Any],
        callback: Callable[[Any], Any],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        """Run a handler, pygls's way; a command that the client cancels is cancelled indeed."""
        super()._execute_handler(msg_id, handler, callback, args, kwargs)
        outer = getattr(callback, "keywords", {}).get("result_future")
        inner = self._request_futures.pop(msg_id, None) if outer else None
        if outer and inner:
            outer.add_done_callback(lambda _outer: inner.cancel())

    def _handle(self, message: dict[str, Any]) -> None:
        method, number = message.get("method"), message.get("id")
        if method == "exit":
            self.on_exit(0 if self._leaving else 1)
        elif method is None and number is None:
            self._refuse(None, INVALID_REQUEST, "a message must have a method or an id")
        elif method is not None and not self._initialized and method != "initialize":
            self._refuse(message, NOT_INITIALIZED, "the server is not initialized")
        elif method is not None and self._shutdown:
            self._refuse(message, INVALID_REQUEST, "the server is shutting down")
        elif method == "initialize" and self._initialized:
            self._refuse(message, INVALID_REQUEST, "the server is initialized already")
        elif number is None and method in self.direct:
            self.direct[method](message.get("params"))
        else:
            if method is not None:
                message.setdefault("params", None)
            if method == "shutdown":  # pygls does so too, but stumbles over those that are done
                for future in tuple(self._request_futures.values()):
                    future.cancel()
            message.setdefault("jsonrpc", "2.0")
            self.handle_message(self.structure_message(message))
            self._initialized = self._initialized or method == "initialize"
            self._leaving = self._leaving or method == "shutdown"

    def _refuse(self, message: dict[str, Any] | None, code: int, why: str) -> None:
        """Answer what cannot be handled: a request, or None where nobody can say what it is."""
        log.warning("%s", why)
        if message is None or ("id" in message and "method" in message):
            number = message.get("id") if message else None
            self._write({"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": why}})

    def _send_data(self, data: Any) -> None:  # noqa: ANN401 - pygls's own signature
        if data:
            self._write(data)

    def _write(self, message: Any) -> None:  # noqa: ANN401 - JSON is untyped
        if self.writer is not None and not self._is_answered(message):
            self.writer.write(frame(dumps(message, self._serialize_message)))

    def _is_answered(self, message: Any) -> bool:  # noqa: ANN401 - pygls's class, or JSON
        """Whether a message is an answer that the client has already."""
        given = message.get("id") if isinstance(message, dict) else getattr(message, "id", None)
        return self._answered is not None and given == self._answered
