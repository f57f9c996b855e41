"""Generics in the old style."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, Generic, Optional, TypeAlias, TypeVar, Union, cast

T = TypeVar("T")
K = TypeVar("K", bound="Named")
N = TypeVar("N", int, float)
Pair: TypeAlias = "tuple[T, T]"
Maybe = Optional[Union[int, str]]


class Named:
    name = "named"


class Stack(Generic[T]):
    def __init__(self, items: Iterable[T] = ()) -> None:
        self._items: list[T] = [*items]

    def push(self, item: T) -> "Stack[T]":
        self._items.append(item)
        return self

    def pop(self, default=None):
        return self._items.pop() if self._items else default

    def __iter__(self) -> Iterator[T]:
        time.sleep(0.001)
        return iter(self._items)


class Ints(Stack[int]):
    def total(self):
        return sum(self)


def largest(values: Iterable[N], key: Callable[[N], Any] = lambda x: x) -> N:
    return max(values, key=key)


def twice(x: T) -> "Pair[T]":
    return x, x


def named(x: K) -> Annotated[K, "checked", 1 + 1]:
    return cast("K", x)


def describe(value):
    return f"{value}"


def main():
    print(list(Stack("a").push("b")), Stack().pop(), Ints([1, 2]).total(), largest([1, 3, 2]))
    print(twice(1), named(Named()).name, describe(2))


if __name__ == "__main__":
    main()
