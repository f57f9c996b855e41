"""ParamSpec and Concatenate in the old style."""

import functools
import time
from collections.abc import Awaitable, Callable
from typing import Concatenate, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R", covariant=False)


def logged(function: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        print(function.__name__, len(args), len(kwargs))
        return function(*args, **kwargs)

    return inner


def with_name(function: Callable[Concatenate[str, P], R]) -> Callable[P, R]:
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        return function("name", *args, **kwargs)

    return inner


class Task(Generic[P, R]):
    """A call that is made later."""

    def __init__(self, function: Callable[P, R]) -> None:
        self.function = function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **kwargs)


Handler = Callable[P, Awaitable[None]]


@logged
def add(a, b=1):
    return a + b


@with_name
def greet(name: str, times: int) -> str:
    return name * times


def describe(value):
    return str(value)


@logged
def pause(seconds: float) -> None:
    time.sleep(seconds)


def main():
    pause(0.001)
    print(add(1), add(1, b=2), greet(2), Task(greet)(1), describe(3))


if __name__ == "__main__":
    main()
