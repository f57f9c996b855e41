"""Distribution of work on many items to several processes of one kind."""

from __future__ import annotations

import asyncio
import math
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")


def size(items: int, *, least: int, mib: int) -> int:
    """Return the number of processes to start: at most one per core, limited by free memory.

    Args:
        items: The number of items.
        least: The number of items for which starting another process is worthwhile.
        mib: The maximum memory of each process in MiB.
    """
    free = _free_mib()
    by_memory = _cores() if free is None else int(free // mib)
    return max(1, min(_cores(), by_memory, math.ceil(items / least)))


async def spread(
    items: Sequence[Item],
    workers: Sequence[Callable[[Item], Awaitable[Result]]],
    shares: Sequence[Iterable[int]] = (),
) -> AsyncGenerator[Result, None]:
    """Process items concurrently.

    Args:
        items: The items.
        workers: Each does one item at a time.
        shares: The indices of the items for each worker. By default the nth worker gets every nth
            item, so that the assignment is deterministic.

    Yields:
        The results in the order of the items. An exception from a worker is raised in its place.
    """
    loop = asyncio.get_running_loop()
    results: list[asyncio.Future[Result]] = [loop.create_future() for _ in items]

    shares = shares or [range(first, len(items), len(workers)) for first in range(len(workers))]

    async def work(number: int) -> None:
        for place in shares[number]:
            try:
                results[place].set_result(await workers[number](items[place]))
            except Exception as error:  # noqa: BLE001 - raised where the result is awaited
                results[place].set_exception(error)

    tasks = [asyncio.create_task(work(number)) for number in range(len(workers))]
    try:
        for result in results:
            yield await result
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if not result.cancel():  # otherwise asyncio logs an exception that was not retrieved
                result.cancelled() or result.exception()


def _cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _free_mib() -> float | None:
    """Return the MiB of memory available without swapping; None if the system reports none."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) / 1024
    return None
