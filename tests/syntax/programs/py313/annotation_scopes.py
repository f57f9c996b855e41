"""Comprehensions and lambdas in annotation scopes of classes, docstrings without indentation."""

import time
from copy import replace
from typing import NamedTuple, Protocol


class Point(NamedTuple):
    x: int
    y: int = 0


class Scopes[T: (lambda: int)() = (lambda: int)()]:
    """A docstring
        with indented lines
    that the compiler strips.
    """

    kind = int

    def method[U: [k for k in (1, 2)] = [k for k in (kind_ for kind_ in (int,))][0]](self, value: U) -> U:
        """
            Deep.
        """
        time.sleep(0.001)
        return value

    type Alias[V = [T for _ in range(1)][0]] = dict[V, T]

    def closure[V](self, value: V):
        return [V.__name__ + T.__name__ for _ in range(1)]


class Moves[P: Point = Point](Protocol):
    def __call__(self, point: P, /, *, by: int = 1) -> P: ...


def move[P: Point = Point](point: P, /, *, by: int = 1) -> P:
    return replace(point, x=point.x + by)


def describe(value):
    return f"{value}"


def wait[F: float = float](seconds: F) -> F:
    time.sleep(seconds)
    return seconds


def main():
    print(move(Point(1)), Scopes().method(1), Scopes().closure(1), describe(2), wait(0.001))


if __name__ == "__main__":
    main()
