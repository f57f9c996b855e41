"""The connection to the editor: LSP's JSON-RPC, in plain JSON."""

from __future__ import annotations

import asyncio
import itertools
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from python_expert.lsp import transport
from python_expert.lsp.messages import CANCELLED, INVALID_PARAMS, INVALID_REQUEST, read, refusal
from python_expert.lsp.shapes import MisfitError, check_params
from python_expert.processes.jsonrpc import RpcError, dumps
from python_expert.processes.wire import INTERNAL_ERROR, METHOD_NOT_FOUND, RequestError, frame

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Json = dict[str, Any]

    Request = Callable[[Any], Coroutine[Any, Any, Any]]
    Notification = Callable[[Any], None]

log = logging.getLogger(__name__)


class Protocol:
    """Dispatches the editor's messages to handlers, and sends it requests.

    Args:
        write: Writes a framed message.
        on_exit: Called with the exit status when the client sends ``exit``.

    Attributes:
        requests: The handler of each request; called with the parameters.
        notifications: The handler of each notification.
        outgoing: Changes the parameters of a request to the client before it is sent, by method;
            its exceptions are raised to the sender.
        cancels: Cancels running work, by its progress token.
    """

    def __init__(self, write: Callable[[bytes], None], on_exit: Callable[[int], None]) -> None:
        self.requests: dict[str, Request] = {}
        self.notifications: dict[str, Notification] = {
            "$/cancelRequest": lambda params: self._cancel(params["id"]),
            "window/workDoneProgress/cancel": lambda params: self._stop(params["token"]),
        }
        self.outgoing: dict[str, Callable[[Any], Any]] = {}
        self.cancels: dict[str, Callable[[], object]] = {}
        self._write = write
        self._on_exit = on_exit
        self._running: dict[asyncio.Task[Any], object] = {}
        self._asked: dict[str, asyncio.Future[Any]] = {}
        self._numbers = itertools.count(1)
        self._leaving = False
        self._closed = False

    def close(self) -> None:
        """Ignore all further messages, including waiting ones."""
        self._closed = True

    def receive(self, body: bytes) -> None:
        """Handle a message. Never raises, even for invalid content."""
        if self._closed:
            return
        message: Json | None = None
        refused: RequestError | None = None
        try:
            message = read(body, transport.parse)
            self._handle(message)
        except RequestError as error:
            refused = error
        except MisfitError as error:
            text = f"the parameters of {message and message.get('method')} are invalid: {error}"
            refused = RequestError(text, code=INVALID_PARAMS)
        except Exception:
            log.exception("a message could not be handled: %.300s", body)
            refused = RequestError("this message cannot be handled", code=INVALID_REQUEST)
        if refused is not None and (answer := refusal(message, refused)) is not None:
            self._send(answer)

    def send(self, method: str, params: object) -> None:
        """Send a notification."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    async def request(self, method: str, params: object = None) -> Any:  # noqa: ANN401 - JSON is untyped
        """Send a request to the client and return the result.

        Raises:
            RpcError: The client answers with an error.
        """
        if method in self.outgoing:
            params = self.outgoing[method](params)
        # Not a number: a client that sends unexpected responses is likely to use one.
        number = f"python-expert-{next(self._numbers)}"
        self._asked[number] = asyncio.get_running_loop().create_future()
        message: Json = {"jsonrpc": "2.0", "id": number, "method": method}
        try:
            self._send(message if params is None else message | {"params": params})
            return await self._asked[number]
        finally:
            del self._asked[number]

    async def answered(self) -> None:
        """If ``shutdown`` was requested, wait for a limited time until it is answered."""
        if self._leaving and self._running:
            await asyncio.wait(tuple(self._running), timeout=transport.LAST_WORDS_S)

    def _handle(self, message: Json) -> None:
        method, number = message.get("method"), message.get("id")
        if method is None:
            self._settle(message)
        elif method == "exit":
            self._on_exit(0 if self._leaving else 1)
        elif self._leaving:
            raise RequestError("the server is shutting down", code=INVALID_REQUEST)
        elif method == "initialize":
            raise RequestError("the server is already initialized", code=INVALID_REQUEST)
        else:
            known = self.notifications if number is None else self.requests
            if method not in known:
                raise RequestError(f"there is no method {method!r}", code=METHOD_NOT_FOUND)
            check_params(method, message.get("params"))
            if number is None:
                self.notifications[method](message.get("params"))
            else:
                self._begin(method, number, message.get("params"))

    def _begin(self, method: str, number: object, params: Any) -> None:  # noqa: ANN401 - JSON
        """Start to answer a request; ``shutdown`` cancels all earlier requests."""
        if method == "shutdown":
            self._leaving = True
            for running in self._running:
                running.cancel()
        task = asyncio.get_running_loop().create_task(self.requests[method](params))
        self._running[task] = number
        task.add_done_callback(partial(self._answer, method))

    def _answer(self, method: str, task: asyncio.Task[Any]) -> None:
        """Send the response of a request."""
        number = self._running.pop(task)
        answer: Json = {"jsonrpc": "2.0", "id": number}
        if task.cancelled():
            answer["error"] = RequestError("the request was cancelled", code=CANCELLED).json
        elif (error := task.exception()) is None:
            answer["result"] = task.result()
        elif isinstance(error, RequestError):
            if error.__cause__ is not None:
                log.error("%s failed", method, exc_info=error)
            answer["error"] = error.json
        else:
            log.error("%s failed", method, exc_info=error)
            text = f"{method} failed because of an error in Python Expert ({error!r})"
            answer["error"] = RequestError(text, code=INTERNAL_ERROR).json
        self._send(answer)

    def _settle(self, message: Json) -> None:
        """Handle the client's response to a request; ignore responses to unknown requests."""
        future = self._asked.get(message["id"])
        if future is None or future.done():
            return
        error = message.get("error")
        if error is None:
            future.set_result(message.get("result"))
        elif isinstance(error, dict):
            future.set_exception(RpcError(error.get("code", 0), str(error.get("message", ""))))
        else:
            future.set_exception(RpcError(0, repr(error)))

    def _cancel(self, number: object) -> None:
        for task, each in tuple(self._running.items()):
            if each == number:
                task.cancel()

    def _stop(self, token: object) -> None:
        if isinstance(token, str) and token in self.cancels:
            self.cancels[token]()

    def _send(self, message: Json) -> None:
        self._write(frame(dumps(message, tuple)))
