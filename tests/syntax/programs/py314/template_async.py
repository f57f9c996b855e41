"""await and yield in template strings."""

import asyncio
import time


async def one():
    await asyncio.sleep(0)
    return 1


async def build():
    return t"{await one()} {[x async for x in many()]!s} {await one():{await one()}}"


async def many():
    for x in range(2):
        yield t"{x}"


def generator():
    received = t"{(yield 1)}"
    return (yield received.values)


def log(template, /, *, level=t"info {1}"):
    time.sleep(0.001)
    return level.strings, template.values


def describe(value):
    return f"{value}"


def main():
    template = asyncio.run(build())
    gen = generator()
    print(template.values[0], next(gen), gen.send("sent"), log(t"{2}"), describe(3))


if __name__ == "__main__":
    main()
