"""Async generators with asend, aclose, and sync generators with send and return."""

import asyncio
import time
from contextlib import aclosing


async def echo():
    received = None
    try:
        while True:
            received = yield received
    finally:
        await asyncio.sleep(0)
        print("closed")


def averager():
    total, count = 0, 0
    while (value := (yield total / count if count else None)) is not None:
        total += value
        count += 1
    return total


def outer():
    result = yield from averager()
    yield f"result {result}"


def slow(limit):
    """Slow numbers.

    Yields:
        The numbers.
    """
    for x in range(limit):
        time.sleep(0.001)
        yield x


async def run():
    async with aclosing(echo()) as gen:
        await anext(gen)
        print(await gen.asend(1), await gen.asend(2))


def describe(value):
    return f"{value}"


def main():
    asyncio.run(run())
    gen = outer()
    next(gen)
    print(gen.send(2), gen.send(4), gen.send(None), list(slow(3)), describe(1))


if __name__ == "__main__":
    main()
