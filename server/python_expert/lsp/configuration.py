"""The editor's settings: those it sends, and those it returns when asked."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from python_expert.config.layers import SECTION, Layer, editor_layer
from python_expert.config.sources import FORBIDDEN, merge
from python_expert.processes import logs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from python_expert.lsp.projects import Projects
    from python_expert.lsp.protocol import Protocol

log = logging.getLogger(__name__)

DEADLINE_S = 5.0
"""Seconds that documents wait for the editor's settings before they are checked without them."""

NOT_RECEIVED = Layer("settings not received yet", {"trusted": False, "privacy": dict(FORBIDDEN)})
"""The settings before the editor has answered."""

REFUSED = Layer("settings not received", {"privacy": dict(FORBIDDEN)})
"""The settings if the editor requires a request for them and never answers it."""


class Configuration:
    """Passes an editor's settings to its projects.

    Args:
        protocol: The connection to the client.
        projects: The projects that the settings are for.
        initial: The settings sent with ``initialize``; all others override them.
        asked: Whether the server must request settings (``workspace/configuration``).
        on_change: Called when settings or folders change.
    """

    def __init__(
        self,
        protocol: Protocol,
        projects: Projects,
        initial: Layer,
        *,
        asked: bool,
        on_change: Callable[[], Awaitable[None]],
    ) -> None:
        self._protocol = protocol
        self._projects = projects
        self._initial = initial
        self._asked = asked
        self._on_change = on_change
        self._asking: set[asyncio.Task[None]] = set()
        self._questions = 0
        self._answered = 0
        self._take(NOT_RECEIVED if asked else editor_layer({}))

    def received(self, settings: object) -> None:
        """Use settings that the client has sent, unless the client requires a request for them."""
        if not self._asked:
            self._take(editor_layer(settings))

    async def fetch(self) -> None:
        """Request the settings and wait for a limited time; a later answer is used as well."""
        if not self._asked:
            await self._on_change()
            return
        self._questions += 1
        asking = asyncio.create_task(self._ask(self._questions))
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)
        await asyncio.wait({asking}, timeout=DEADLINE_S)
        if asking.done():
            asking.result()  # an internal error is logged by the task that waits
        else:
            log.warning("the editor did not send its settings within %g s", DEADLINE_S)
            await self._on_change()

    def stop(self) -> None:
        """Stop waiting for answers."""
        for asking in self._asking:
            asking.cancel()

    async def _ask(self, number: int) -> None:
        scopes = [None, *self._projects.folders]
        items = [{"section": SECTION, **({"scopeUri": uri} if uri else {})} for uri in scopes]
        try:
            answer = await self._protocol.request("workspace/configuration", {"items": items})
            if not isinstance(answer, list):
                raise TypeError(f"the settings must be a list: {answer!r:.100}")  # noqa: TRY301 - handled like other errors
            general, *scoped = [editor_layer(values) for values in answer] or [editor_layer({})]
        except Exception as error:  # noqa: BLE001 - the client may send anything; defaults apply
            log.warning("the editor did not send its settings: %r", error)
            if not self._answered:
                self._take(REFUSED)
        else:
            if number < self._answered:  # a later request has been answered already
                return
            self._answered = number
            self._take(general)
            self._projects.scoped = {
                uri: layer for uri, layer in zip(scopes[1:], scoped, strict=False) if uri
            }
        await self._on_change()

    def _take(self, layer: Layer) -> None:
        """Merge settings over the initial ones. All projects share one log level."""
        self._projects.layers = [self._initial, layer]
        settings, _ = merge(self._projects.layers, self._projects.schema)
        logs.apply(settings.log_level, settings.log_file)
