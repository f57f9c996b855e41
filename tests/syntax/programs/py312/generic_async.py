"""Async functions with type parameters."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable


async def later[T](value: T) -> T:
    await asyncio.sleep(0)
    return value


async def each[T](*values: T) -> AsyncIterator[T]:
    for value in values:
        yield await later(value)


async def apply[**P, R](function: Callable[P, Awaitable[R]], *args: P.args, **kwargs: P.kwargs) -> R:
    return await function(*args, **kwargs)


class Cache[K, V]:
    def __init__(self) -> None:
        self.table: dict[K, V] = {}

    async def get[D](self, key: K, default: D) -> V | D:
        await asyncio.sleep(0)
        return self.table.get(key, default)

    def load[T: str](self, text: T) -> T:
        time.sleep(0.001)
        return text

    def reload[T: str](self, *texts: T):
        return [self.load(text) for text in texts]


def fetch[T](value: T, *, seconds: float = 0.001) -> T:
    time.sleep(seconds)
    return value


def fetch_all[T: object](values: list[T]):
    return [fetch(value) for value in values]


def describe(value):
    return f"{value}"


async def run():
    print([value async for value in each(1, 2)], await apply(later, 3), await Cache[str, int]().get("a", None))


def main():
    asyncio.run(run())
    print(fetch_all([1, 2]), Cache[str, int]().reload("x"), describe(1))


if __name__ == "__main__":
    main()
