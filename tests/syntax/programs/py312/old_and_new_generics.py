"""Old and new style in one file, and Buffer, batched, and inlined comprehensions."""

import time
from collections.abc import Buffer
from itertools import batched
from typing import Generic, TypeVar

A = TypeVar("A")


class Old(Generic[A]):
    def get(self, value: A) -> A:
        return value


class New[B](Old[B]):
    def get(self, value: B, *, times=1) -> B:
        for _ in range(times):
            time.sleep(0.001)
        return super().get(value)


def length(data: Buffer) -> int:
    return len(memoryview(data))


def pairs[C](values: list[C]) -> list[tuple[C, ...]]:
    return [*batched(values, 2)]


def comprehension(n):
    x = [n := i for i in range(n)]
    y = {lambda: i for i in range(2)}
    return x, n, sorted(f() for f in y), locals().keys() - {"f"} >= {"x", "y", "n"}


def describe(value):
    return f"{value}"


def main():
    print(New[int]().get(1), length(b"abc"), pairs([1, 2, 3]), comprehension(3), describe(1))


if __name__ == "__main__":
    main()
