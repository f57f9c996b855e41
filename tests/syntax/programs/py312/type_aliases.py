"""The type statement: in modules, classes and functions, generic and recursive."""

import time
from collections.abc import Callable, Mapping

type Number = int | float
type Json = None | bool | Number | str | list[Json] | Mapping[str, Json]
type Pair[T] = tuple[T, T]
type Handler[**P, R: (int, str)] = Callable[P, R]
type Rows[*Ts] = list[tuple[*Ts]]
type Forward = Defined | None
type \
    Long[
        K,  # a comment
        V: "not yet",
    ] = dict[K, V] \
        | None


class Defined:
    type Inner = int
    type Self_[T] = list[T] | Defined.Inner

    def get(self, value: Inner = 1) -> Inner:
        return value

    def many[T](self, values: Self_[T]):
        return values


def local[T](value: T) -> T:
    type Local = list[T]
    type type = Local
    kept: Local = [value]
    return kept[0]


def depth(data: Json) -> int:
    match data:
        case list(items):
            return 1 + max(map(depth, items), default=0)
        case dict(table):
            return 1 + max(map(depth, table.values()), default=0)
        case _:
            return 0


def describe(value):
    return f"{value}"


def wait(handler: Handler[[], int], /) -> Pair[int]:
    time.sleep(0.001)
    return handler(), handler()


type = type(1); type.__name__


def main():
    print(Number.__name__, Json, Pair[int], local("x"), depth([{"a": [1]}]), describe(1), wait(lambda: 2))
    print(Defined().get(), Defined().many([1]), Forward.__value__ is not None, type)


if __name__ == "__main__":
    main()
