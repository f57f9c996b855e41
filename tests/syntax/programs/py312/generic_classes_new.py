"""Generic classes and methods (PEP 695), with names that shadow."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypedDict

T = "outside"


class Stack[T]:
    items: list[T]

    def __init__(self, items: Iterable[T] = ()) -> None:
        self.items = list(items)

    def push(self, item: T) -> "Stack[T]":
        self.items.append(item)
        return self

    def map[U](self, function) -> "Stack[U]":
        return Stack(function(item) for item in self.items)

    def shadow[T](self, item: T) -> T:
        return item

    def __iter__(self) -> Iterator[T]:
        time.sleep(0.001)
        yield from self.items

    @classmethod
    def of[V](cls, *values: V) -> "Stack[V]":
        return Stack(values)

    @staticmethod
    def size[S: list[object]](stack: S) -> int:
        return len(stack)

    class Node[K, T: "Stack[int]"]:
        """Inside."""

        def get(self, key: K, value: T) -> tuple[K, T]:
            return key, value


class Ints[*Ts](Stack[int], Iterable[int]):
    def total(self):
        return sum(self)


@dataclass(slots=True)
class Box[T, **P]:
    value: T
    label: str = field(default="box", kw_only=True)

    def describe(self):
        return f"{self.label} {self.value}"


class Pair[A, B](NamedTuple):
    a: A
    b: B


class Row[V](TypedDict):
    value: V


class Reads[R](Protocol):
    def read(self) -> R: ...


def describe(value):
    return f"{value.describe()}"


def main():
    stack = Stack.of(1, 2)
    print(list(stack), list(stack.map(str)), stack.shadow("s"), Ints([1, 2]).total(), T)
    print(describe(Box(1)), Pair(1, "b"), Row(value=1), Stack.Node().get(1, stack)[0], Stack.size([]))


if __name__ == "__main__":
    main()
