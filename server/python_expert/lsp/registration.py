"""Capabilities that are registered after start-up: file changes, and settings."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from python_expert.config.layers import SECTION
from python_expert.text.paths import PYTHON_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.lsp.client import Client
    from python_expert.lsp.protocol import Protocol

log = logging.getLogger(__name__)


async def register(protocol: Protocol, client: Client, names: Iterable[str]) -> None:
    """Ask the client to report the file and configuration changes that it supports.

    Args:
        protocol: The connection to the client.
        client: The client's capabilities.
        names: The configuration files, by name.
    """
    registrations: list[dict[str, Any]] = []
    if client.watch_files:
        patterns = ",".join((*names, *(f"*{suffix}" for suffix in PYTHON_SUFFIXES)))
        options: dict[str, Any] = {"watchers": [{"globPattern": f"**/{{{patterns}}}"}]}
        registrations.append(_registration("files", "didChangeWatchedFiles", options))
    if client.watch_configuration:
        options = {"section": SECTION}
        registrations.append(_registration("configuration", "didChangeConfiguration", options))
    if not registrations:
        return
    try:
        await protocol.request("client/registerCapability", {"registrations": registrations})
    except Exception as error:  # noqa: BLE001 - the files are then polled
        log.warning("the editor does not watch files: %r", error)


def _registration(name: str, method: str, options: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "method": f"workspace/{method}", "registerOptions": options}
