"""NamedTuple in both forms, with defaults, methods and generics."""

import time
from collections import namedtuple
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Point(NamedTuple):
    x: int
    y: int = 0

    def moved(self, by=1):
        return self._replace(x=self.x + by)

    @property
    def sum(self):
        """Both."""
        return self.x + self.y


class Box(NamedTuple, Generic[T]):
    """A box."""

    value: T
    label: str = "box"


Old = namedtuple("Old", ["a", "b"], defaults=[2])
Typed = NamedTuple("Typed", [("name", str), ("size", int)])


def describe(value):
    return f"{value}"


def wait(point):
    time.sleep(point.x / 1000)
    return point


def main():
    point = wait(Point(1))
    x, *_ = point.moved()
    print(point, x, point.sum, Box("v"), Box(1, label="l"), Old(1), Typed("n", 3), describe(x))


if __name__ == "__main__":
    main()
