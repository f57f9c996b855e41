"""The rewrites, imported once the first findings are shown.

What they need takes several times as long to import as all that findings need.
"""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from python_expert.lsp.features.rewrites import Rewrites

HEAD_START_S = 0.5
"""Seconds, from the settings on, in which the first findings have the processor for themselves."""


class LateRewrites:
    """Makes the rewrites when they are first asked for, but not before the first findings.

    Args:
        make: Makes them, from their class.
    """

    def __init__(self, make: Callable[[type[Rewrites]], Rewrites]) -> None:
        self._make = make
        self._made: Rewrites | None = None
        self._due = asyncio.Event()
        self._importing = asyncio.Lock()

    def hurry(self) -> None:
        """Nothing that a user waits for is under way any more."""
        self._due.set()

    async def prepare(self) -> None:
        """Import them before anybody asks, also where no findings come."""
        asyncio.get_running_loop().call_later(HEAD_START_S, self._due.set)
        await self.get()

    async def get(self) -> Rewrites:
        """The rewrites, as soon as they are imported."""
        await self._due.wait()
        async with self._importing:
            if self._made is None:
                # In a thread: between two modules, and within long ones, the loop has its turn.
                self._made = self._make(await asyncio.to_thread(_import))
        return self._made

    async def stop(self) -> None:
        """End what is under way."""
        if self._made is not None:
            await self._made.stop()


def _import() -> type[Rewrites]:
    gc.disable()  # nothing of what is imported is garbage
    try:
        from python_expert.lsp.features.rewrites import Rewrites  # noqa: PLC0415
    finally:
        gc.freeze()
        gc.enable()
    return Rewrites
