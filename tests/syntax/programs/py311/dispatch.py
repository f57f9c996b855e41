"""singledispatch, by annotation and by argument."""

import functools
import time
from functools import singledispatch, singledispatchmethod


@singledispatch
def show(value):
    return f"object {value}"


@show.register
def _(value: int) -> str:
    return f"int {value}"


@show.register(str)
@show.register(bytes)
def _text(value):
    return f"text {value}"


class Printer:
    @singledispatchmethod
    def show(self, value):
        return "?"

    @show.register
    def _(self, value: list, /) -> str:
        return "list"


@functools.lru_cache(maxsize=None)
def slow(x):
    time.sleep(0.001)
    return x


@functools.total_ordering
class Money:
    def __init__(self, amount):
        self.amount = amount

    def __lt__(self, other):
        return self.amount < other.amount

    def __eq__(self, other):
        return self.amount == other.amount


def describe(value):
    return f"{value}"


partial = functools.partial(describe, value=3)


def main():
    print(show(1.5), show(1), show("a"), show(b"b"), Printer().show([]), Printer().show(1), slow(1))
    print(Money(1) >= Money(0), partial())


if __name__ == "__main__":
    main()
