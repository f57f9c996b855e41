"""Lanes: the latest request runs, one at a time."""

from __future__ import annotations

import asyncio

from python_expert.project.latest_only import LatestOnly


def test_of_many_requests_the_first_and_the_last_run() -> None:
    ran: list[int] = []

    async def scenario() -> None:
        gate = asyncio.Event()
        started = asyncio.Event()

        async def run(number: int) -> None:
            ran.append(number)
            started.set()
            await gate.wait()

        task = LatestOnly(run)
        task.submit(0)
        await started.wait()
        for number in range(1, 100):
            task.submit(number)
        assert task.overtaken
        gate.set()
        await task.settled()

    asyncio.run(scenario())
    assert ran == [0, 99]


def test_with_a_debounce_only_the_last_of_a_burst_runs() -> None:
    ran: list[int] = []

    async def scenario() -> None:
        async def run(number: int) -> None:
            ran.append(number)

        task = LatestOnly(run, debounce_ms=20)
        for number in range(10):
            task.submit(number)
            await asyncio.sleep(0)
        await task.settled()

    asyncio.run(scenario())
    assert ran == [9]


def test_a_cancelled_queue_runs_nothing_more_and_can_be_used_again() -> None:
    ran: list[int] = []

    async def scenario() -> None:
        async def run(number: int) -> None:
            ran.append(number)

        task = LatestOnly(run, debounce_ms=5)
        task.submit(1)
        task.cancel()
        await task.settled()
        task.submit(2)
        await task.settled()

    asyncio.run(scenario())
    assert ran == [2]
