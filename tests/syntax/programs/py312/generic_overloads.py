"""Overloads with type parameters, Unpack of keyword arguments, override."""

import time
from typing import Literal, NotRequired, TypedDict, Unpack, overload


class Options(TypedDict):
    name: str
    level: NotRequired[int]


def make(*, sep: str = ":", **options: Unpack[Options]) -> str:
    return sep.join(map(str, options.values()))


@overload
def get[T](values: list[T], index: int, /) -> T: ...
@overload
def get[T, D](values: list[T], index: None, /, default: D = ...) -> T | D: ...
def get(values, index, /, default=None):
    return default if index is None else values[index]


class Reader[T: (str, bytes)]:
    @overload
    def read[L: Literal[1]](self, size: L) -> T: ...
    @overload
    def read(self, size: int = ...) -> list[T]: ...
    def read(self, size=2):
        time.sleep(0.001)
        return ["x"] * size if size > 1 else "x"


def describe(value):
    return f"{value}"


def main():
    print(make(name="n", level=2), get([1], 0), get([1], None, default="d"), Reader().read(1), Reader().read())
    print(describe(1))


if __name__ == "__main__":
    main()
