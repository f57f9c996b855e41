"""Having the client ask again for what it shows."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from python_expert.lsp.protocol import Protocol

log = logging.getLogger(__name__)


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
