"""Telling the user something, and asking."""

from __future__ import annotations

import logging
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from python_expert.lsp.protocol import Protocol

log = logging.getLogger(__name__)


class MessageType(IntEnum):
    """LSP's kinds of messages, as far as there are such here."""

    WARNING = 2
    INFO = 3


def tell(protocol: Protocol, text: str, kind: MessageType) -> None:
    """Tell the user something."""
    params = {"type": kind, "message": f"Python Expert: {text}"}
    protocol.send("window/showMessage", params)


async def ask(protocol: Protocol, text: str, kind: MessageType, *answers: str) -> str | None:
    """Ask the user, who may take time; a client that cannot ask gets no answer."""
    params = {
        "type": kind,
        "message": f"Python Expert: {text}",
        "actions": [{"title": each} for each in answers],
    }
    try:
        answer = await protocol.request("window/showMessageRequest", params)
        return str(answer["title"]) if answer else None
    except Exception as error:  # noqa: BLE001 - whatever the client does, it is no consent
        log.warning("the editor did not ask: %r", error)
        return None
