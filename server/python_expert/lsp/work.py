"""Work for a request that also something else than the request can cancel."""

from __future__ import annotations

import asyncio
from typing import TypeVar

T = TypeVar("T")


async def result_of(work: asyncio.Task[T]) -> T | None:
    """Wait for work, which is cancelled if the request that waits is.

    Returns:
        Its result; None if the work was cancelled by something else, such as its progress.
    """
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        if not work.cancelled():
            work.cancel()
            raise
        return None
