"""The newest syntax in one program."""

import asyncio
import time
from typing import Protocol, TypedDict


class Store[K: str = str, V = object](Protocol):
    def get[D = None](self, key: K, default: D = None) -> V | D: ...


class Row[V = int](TypedDict):
    value: V
    next: Row[V] | None


type Rows[*Ts = *tuple[int, ...]] = list[tuple[*Ts]]


class Memory[V = int]:
    def __init__(self, **values: V) -> None:
        self.values = values

    def get[D = None](self, key: str, default: D = None) -> V | D:
        time.sleep(0.001)
        try:
            return self.values[key]
        except KeyError, IndexError:
            return default

    def total(self, *keys):
        return sum(self.get(key, 0) for key in keys)


def shown[V](store: Store[str, V], *keys: str) -> list[str]:
    return [f"{key}={store.get(key)!r:{"<"}{len(f"{"ab"}")}}" for key in keys]


async def many(*keys):
    errors = []
    try:
        async with asyncio.TaskGroup() as group:
            for key in keys:
                group.create_task(fail(key))
    except* (ValueError, TypeError) as found:
        errors = [*found.exceptions]
    return errors


async def fail(key):
    raise ValueError(t"{key}".values)


def describe(value):
    return f"{(text := t"{value}").values} {text.strings}"


def main():
    store = Memory(a=1, b=2)
    print(shown(store, "a", "c"), store.total("a", "b"), describe(3))


if __name__ == "__main__":
    main()
