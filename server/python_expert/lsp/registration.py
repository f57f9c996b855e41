"""What the client is asked to tell once it runs: changes of files, and of its own settings."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lsprotocol import types

from python_expert.config.sources import SECTION
from python_expert.text.paths import PYTHON_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pygls.lsp.server import LanguageServer

    from python_expert.lsp.client import Client

log = logging.getLogger(__name__)


async def register(server: LanguageServer, client: Client, names: Iterable[str]) -> None:
    """Ask the client to watch what it can watch.

    Args:
        server: The way to the client.
        client: What the client can do.
        names: The configuration files, by name.
    """
    registrations = []
    if client.watch_files:
        patterns = ",".join((*names, *(f"*{suffix}" for suffix in PYTHON_SUFFIXES)))
        watcher = types.FileSystemWatcher(glob_pattern=f"**/{{{patterns}}}")
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers=[watcher])
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        registrations.append(types.Registration("files", method, options))
    if client.watch_configuration:
        method = types.WORKSPACE_DID_CHANGE_CONFIGURATION
        registrations.append(types.Registration("configuration", method, {"section": SECTION}))
    if not registrations:
        return
    try:
        await server.client_register_capability_async(
            types.RegistrationParams(registrations=registrations)
        )
    except Exception as error:  # noqa: BLE001 - then the files are looked at by and by
        log.warning("the editor does not watch files: %r", error)
