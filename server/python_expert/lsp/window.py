"""Requests to the editor's window: messages, questions, and refreshing."""

from __future__ import annotations

import logging
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from python_expert.config.tool_files import stamp
from python_expert.text.paths import to_uri

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from python_expert.lsp.client import Client
    from python_expert.lsp.protocol import Protocol
    from python_expert.project.events import Problem

log = logging.getLogger(__name__)


class MessageType(IntEnum):
    """The LSP message types that the server uses."""

    WARNING = 2
    INFO = 3


def show_message(protocol: Protocol, text: str, kind: MessageType) -> None:
    """Show a message to the user."""
    params = {"type": kind, "message": f"Python Expert: {text}"}
    protocol.send("window/showMessage", params)


async def offer_to_open(protocol: Protocol, text: str, path: Path, line: int) -> None:
    """Show a message about a file, with a button that opens it.

    Args:
        protocol: The connection to the client, which can show documents.
        text: The message.
        path: The file.
        line: The 0-based line in it.
    """
    button = f"Open {path.name}"
    if await ask(protocol, text, MessageType.WARNING, button) != button:
        return
    start = {"line": line, "character": 0}
    where = {"uri": to_uri(path), "takeFocus": True, "selection": {"start": start, "end": start}}
    try:
        await protocol.request("window/showDocument", where)
    except Exception as error:  # noqa: BLE001 - the message is optional
        log.warning("the editor did not show %s: %r", path, error)


async def ask(protocol: Protocol, text: str, kind: MessageType, *answers: str) -> str | None:
    """Ask the user and wait without a limit; None if the client cannot ask."""
    params = {
        "type": kind,
        "message": f"Python Expert: {text}",
        "actions": [{"title": each} for each in answers],
    }
    try:
        answer = await protocol.request("window/showMessageRequest", params)
        return str(answer["title"]) if answer else None
    except Exception as error:  # noqa: BLE001 - an error of the client is not consent
        log.warning("the editor did not ask: %r", error)
        return None


class Problems:
    """Reports problems to the user, each once.

    Args:
        protocol: The connection to the client.
        client: The client's capabilities.
        spawn: Runs a coroutine in the background.
    """

    def __init__(
        self,
        protocol: Protocol,
        client: Client,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._protocol = protocol
        self._client = client
        self._spawn = spawn
        self._told: set[tuple[str | None, str]] = set()
        self._unreadable: set[tuple[Path, int, object]] = set()

    def show_message(self, problem: Problem) -> None:
        """Report a problem, with a button that opens the file it is in."""
        text = f"{problem.tool}: {problem.message}" if problem.tool else problem.message
        cause = (problem.tool, problem.cause or problem.message)
        if cause in self._told:
            return
        self._told.add(cause)
        log.warning("%s", text)
        place = problem.find_place()
        if place and self._is_told(problem.tool, *place):
            return
        if self._client.documents_shown and place:
            self._spawn(offer_to_open(self._protocol, text, *place))
        else:
            show_message(self._protocol, text, MessageType.WARNING)

    def _is_told(self, tool: str | None, path: Path, line: int) -> bool:
        """Return whether an unreadable file for which a tool fails has already been reported."""
        key = (path, line, stamp(path))
        if tool is None:
            self._unreadable.add(key)
        return tool is not None and key in self._unreadable


async def refresh(protocol: Protocol, what: str) -> None:
    """Ask the client to request something again.

    Args:
        protocol: The connection to a client that supports it.
        what: The LSP name of the request: ``diagnostic`` or ``codeLens``.
    """
    try:
        await protocol.request(f"workspace/{what}/refresh")
    except Exception as error:  # noqa: BLE001 - the client may refuse to refresh
        log.warning("the editor does not ask again for %s: %r", what, error)
