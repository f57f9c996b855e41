"""Functions with type parameters: bounds, constraints, TypeVarTuple, ParamSpec (PEP 695)."""

import time
from collections.abc import Callable, Sequence


def first[T](values: Sequence[T], default: T | None = None) -> T | None:
    return values[0] if values else default


def largest[N: (int, float)](values: Sequence[N]) -> N:
    return max(values)


def sized[S: Sequence[object]](value: S) -> tuple[S, int]:
    return value, len(value)


def apply[**P, R](function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return function(*args, **kwargs)


def swap[T, *Ts](pair: tuple[T, *Ts]) -> tuple[*Ts, T]:
    return (*pair[1:], pair[0])  # type: ignore[return-value]


def bare[T](value):
    return value


def wraps[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        time.sleep(0.001)
        return function(*args, **kwargs)

    return inner


def outer[T](value: T):
    def inner[U](other: U) -> tuple[T, U]:
        kept: T = value
        return kept, other

    return inner(1)


def spread[
    A,
    B: "Later",  # a forward reference
    *Cs,
    **D,
](a: A, /, *rest: *Cs) -> None: ...


class Later: ...


def describe(value):
    return f"{value}"


@wraps
def pause[T](value: T) -> T:
    time.sleep(0.001)
    return value


def main():
    print(first([1]), largest([1, 2.5]), sized("ab"), apply(describe, value=3), swap((1, "a")))
    print(bare(1), outer("x"), spread(1), pause(2), describe.__type_params__)


if __name__ == "__main__":
    main()
