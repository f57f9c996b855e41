"""Async comprehensions and generator expressions."""

import asyncio
import time


async def count(limit):
    for number in range(limit):
        await asyncio.sleep(0)
        yield number


async def double(x):
    return x * 2


async def collect():
    plain = [x async for x in count(3)]
    some = {x async for x in count(4) if x % 2}
    table = {x: await double(x) async for x in count(2)}
    mixed = [(x, y) for x in range(2) async for y in count(2) if await double(y)]
    nested = [[await double(y) async for y in count(x)] async for x in count(3)]
    lazy = (await double(x) async for x in count(2))
    total = 0
    async for x in lazy:
        total += x
    else:
        total += 100
    return plain, some, table, mixed, nested, total


def describe(value):
    return f"{value}"


def pause():
    return [time.sleep(0.001) for _ in range(2)]


async def run():
    print(await collect())


def main():
    asyncio.run(run())
    print(pause(), describe(1))


if __name__ == "__main__":
    main()
