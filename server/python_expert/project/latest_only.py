"""Runs only the latest request, one at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


class LatestOnly(Generic[T]):
    """Runs the latest request after a time without newer requests.

    A newer request replaces a waiting one. A running request is not stopped: its result can be
    rebased over the newer text, so findings keep arriving while the user types, and the tools
    cannot be stopped midway.

    Args:
        run: Handles a request; must not raise.
        debounce_ms: The time without a newer request before a request runs, in milliseconds.
    """

    def __init__(self, run: Callable[[T], Awaitable[None]], debounce_ms: int = 0) -> None:
        self._run = run
        self._debounce_s = debounce_ms / 1000
        self._next: list[T] = []  # holds the latest request, or nothing
        self._task: asyncio.Task[None] | None = None

    @property
    def overtaken(self) -> bool:
        """Whether a newer request waits while one runs."""
        return bool(self._next)

    def submit(self, request: T) -> None:
        """Submit a request; it replaces a waiting one."""
        self._next = [request]
        if self._task is None:
            self._task = asyncio.create_task(self._work())

    async def settled(self) -> None:
        """Wait until nothing runs or waits."""
        while self._task is not None:
            await asyncio.wait([self._task])

    def cancel(self) -> None:
        """Drop the waiting request and stop the running one."""
        self._next = []
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _work(self) -> None:
        try:
            while self._next:
                while self._debounce_s:
                    waiting = self._next
                    await asyncio.sleep(self._debounce_s)
                    if waiting is self._next:
                        break
                if self._next:
                    request = self._next.pop()
                    await self._run(request)
        finally:
            if self._task is asyncio.current_task():  # not after cancel()
                self._task = None
