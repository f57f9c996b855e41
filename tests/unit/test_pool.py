"""Work that is distributed to several processes."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from python_expert.processes import pool


async def _later(item: int) -> int:
    for _ in range(10 - item):
        await asyncio.sleep(0)
    return item


def test_results_come_in_the_order_of_the_items() -> None:
    async def run() -> list[int]:
        return [each async for each in pool.spread(range(10), [_later, _later, _later])]

    assert asyncio.run(run()) == list(range(10))


def test_each_worker_does_one_item_at_a_time_and_always_the_same_items() -> None:
    done: list[list[int]] = [[], [], []]
    at_work = [0, 0, 0]

    async def work(number: int, item: int) -> int:
        at_work[number] += 1
        assert at_work[number] == 1
        await _later(item)
        at_work[number] -= 1
        done[number].append(item)
        return item

    async def run() -> None:
        workers = [lambda item, number=number: work(number, item) for number in range(3)]
        _ = [each async for each in pool.spread(range(8), workers)]

    asyncio.run(run())

    assert done == [[0, 3, 6], [1, 4, 7], [2, 5]]


async def wait_for_the_end(ended: list[int], item: int) -> None:
    """Wait forever; record the item if the wait is cancelled."""
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        ended.append(item)
        raise


def test_an_error_is_raised_in_its_place_and_the_rest_is_cancelled() -> None:
    got: list[int] = []
    note = got.append
    ended: list[int] = []

    async def work(item: int) -> int:
        if item == 2:
            raise ValueError(item)
        if item > 2:
            await wait_for_the_end(ended, item)
        return item

    async def run() -> None:
        async for each in pool.spread(range(6), [work, work]):
            note(each)

    with pytest.raises(ValueError, match="2"):
        asyncio.run(run())
    assert (got, len(ended)) == ([0, 1], 2)


def test_closing_the_results_cancels_the_running_work() -> None:
    ended: list[int] = []

    async def work(item: int) -> int:
        if item:
            await wait_for_the_end(ended, item)
        return item

    async def run() -> None:
        async with aclosing(pool.spread(range(6), [work, work])) as results:
            async for each in results:
                assert each == 0
                break

    asyncio.run(run())
    assert len(ended) == 2


def test_few_items_use_one_process() -> None:
    assert pool.size(1, least=10, mib=1) == 1
    assert pool.size(10, least=10, mib=1) == 1
    assert pool.size(1_000, least=10, mib=1) >= 1


def test_there_are_never_more_processes_than_memory_allows() -> None:
    assert pool.size(1_000, least=1, mib=2**40) == 1
