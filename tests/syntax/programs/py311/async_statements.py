"""async with, async for, await in f-strings, defaults, subscripts, decorators."""

import asyncio
import contextlib
import time


class Resource:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        return None

    def __aiter__(self):
        self.left = 2
        return self

    async def __anext__(self):
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        return self.left


@contextlib.asynccontextmanager
async def opened(name):
    yield name


async def one():
    return 1


async def items():
    return [10, 20]


async def run(flag=True):
    async with Resource() as a, opened("x") as b:
        async for each in a:
            if each == 5:
                break
        else:
            print("done", b)
    async with (
        opened("y") as c,
        opened("z"),
    ):
        print(f"{await one()} {c!r:>{await one() + 4}} {(await items())[await one()]}")

    def default(x=await one(), *, y=[i for i in await items()]):
        return x, y

    @(await decorator())
    def decorated():
        return "decorated"

    print(default(), decorated(), await one() if flag else None, [*await items()], -await one())
    assert await one(), await items()
    return (await one()) + await one() ** 2


async def decorator():
    return lambda function: function


def describe(value):
    return f"{value}"


def pause(seconds):
    time.sleep(seconds)


def main():
    pause(0.001)
    print(asyncio.run(run()), describe(2))


if __name__ == "__main__":
    main()
