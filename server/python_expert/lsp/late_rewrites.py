"""Imports the rewrites when they are first requested, or soon after the start.

The modules of the rewrites take several times as long to import as those that findings need.
"""

from __future__ import annotations

import asyncio
import gc
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from python_expert.lsp.features.rewrites import Rewrites

HEAD_START_S = 0.5
"""Seconds after the settings are known in which a request waits for the first tool's findings."""

UNASKED_S = 2.0
"""Seconds after which they are imported without a request. mypy has its first findings then if its
cache was loaded, and need not share two cores with an import."""

REST_S = 1.0
"""Seconds without an edit after which the user counts as not typing."""


class LateRewrites:
    """Creates the rewrites when they are first needed, but not before the first findings.

    Args:
        make: Creates them, given their class.
    """

    def __init__(self, make: Callable[[type[Rewrites]], Rewrites]) -> None:
        self._make = make
        self._made: Rewrites | None = None
        self._due = asyncio.Event()
        self._importing = asyncio.Lock()
        self._edited = 0.0
        self._uri = ""
        self._is_ready = False

    def allow_import(self) -> None:
        """Let requests import them, because the user no longer waits for the first findings."""
        self._due.set()

    async def prepare(self) -> None:
        """Import them before a request, and let one import them even if no findings arrive."""
        asyncio.get_running_loop().call_later(HEAD_START_S, self.allow_import)
        await asyncio.sleep(UNASKED_S)
        await self.get()
        await self.rest()

    def edited(self, uri: str) -> None:
        """Note that the user edits a document."""
        self._edited, self._uri = time.monotonic(), uri

    def is_busy(self) -> bool:
        """Return whether the user is typing."""
        return time.monotonic() - self._edited < REST_S

    async def rest(self) -> None:
        """Prepare the modules for a rewrite by a model, unless the user is typing."""
        if self._made and self._uri and not (self._is_ready or self.is_busy()):
            uri, self._uri = self._uri, ""
            self._is_ready = await self._made.prepare_model(uri, self.is_busy)

    async def get(self) -> Rewrites:
        """Wait until the rewrites are imported, and return them."""
        await self._due.wait()
        async with self._importing:
            if self._made is None:
                # In a thread, so that the event loop runs in between.
                self._made = self._make(await asyncio.to_thread(_import))
        return self._made

    async def stop(self) -> None:
        """Stop all rewrites."""
        if self._made is not None:
            await self._made.stop()


def _import() -> type[Rewrites]:
    gc.disable()  # imported modules are not garbage
    try:
        from python_expert.lsp.features.rewrites import Rewrites  # noqa: PLC0415 - imported after the first findings
    finally:
        gc.freeze()
        gc.enable()
    return Rewrites
