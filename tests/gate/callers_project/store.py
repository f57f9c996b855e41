"""The cases of `async_callers` import this module, where ``load`` and ``Store.fetch`` are async."""

from __future__ import annotations

import asyncio


class Store:
    """A store."""

    async def fetch(self, key: str) -> str:
        """Fetch a value."""
        await asyncio.sleep(0)
        return key


async def load(key: str) -> str:
    """Load a value."""
    return await Store().fetch(key)
