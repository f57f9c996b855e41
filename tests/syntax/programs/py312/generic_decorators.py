"""Decorators, defaults and bases around type parameters."""

import functools
import time
from collections.abc import Callable
from typing import Concatenate, Self, override


def retry[**P, R](times: int = 2) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def inner(*args: P.args, **kwargs: P.kwargs) -> R:
            for left in reversed(range(times)):
                try:
                    return function(*args, **kwargs)
                except ValueError:
                    if not left:
                        raise
                    time.sleep(0.001)
            raise AssertionError

        return inner

    return decorate


def bound[S, **P, R](method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    return method


class Base[T]:
    def value(self, default: T | None = None, *, factory: Callable[[], T] | None = None) -> T | None:
        return factory() if factory else default

    @bound
    def chained(self) -> Self:
        return self


@(lambda cls: cls)
class Child[T: int](Base[T], metaclass=type):
    @override
    def value(self, default: T | None = None, *, factory: Callable[[], T] | None = None) -> T | None:
        return super().value(default, factory=factory)

    def last[U](self, values: list[U], default=(lambda: [])()):
        return [*values, *default][-1]


@retry(3)
def unsure[T](value: T, seen: list[T]) -> T:
    seen.append(value)
    if len(seen) < 3:
        raise ValueError(value)
    return value


def describe(value):
    return f"{value}"


def main():
    print(unsure(1, []), Child().value(2), Child().chained().value(factory=lambda: 3), Child().last([1]))
    print(describe(4))


if __name__ == "__main__":
    main()
