"""TypeVarTuple in the old style: star expressions in subscripts and annotations (PEP 646)."""

import time
from typing import Generic, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Row(Generic[T, *Ts]):
    def __init__(self, first: T, *rest: *Ts) -> None:
        self.first = first
        self.rest: tuple[*Ts] = rest

    def all(self) -> tuple[T, *Ts]:
        return (self.first, *self.rest)

    def describe(self):
        return f"{self.first} and {len(self.rest)}"


def swap(pair: tuple[T, *Ts]) -> tuple[*Ts, T]:
    first, *rest = pair
    return (*rest, first)  # type: ignore[return-value]


def call(*args: *tuple[int, *tuple[str, ...]]) -> int:
    return len(args)


def old(*args: Unpack[Ts]) -> tuple[Unpack[Ts]]:
    return args


def describe(value):
    return "{}".format(value)


def pick(table, *index):
    time.sleep(0.001)
    return table[*index]


def main():
    row = Row(1, "a", 2.5)
    print(row.all(), row.describe(), swap((1, "b")), call(1, "x", "y"), old(1, "z"))
    print(pick({(1, 2): "found"}, 1, 2), describe(1))


if __name__ == "__main__":
    main()
