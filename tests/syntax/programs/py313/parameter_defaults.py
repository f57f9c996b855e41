"""Defaults of type parameters (PEP 696)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, ParamSpec, TypeVar, TypeVarTuple, Unpack

Old = TypeVar("Old", default=int)
OldP = ParamSpec("OldP", default=[int, str])
OldTs = TypeVarTuple("OldTs", default=Unpack[tuple[int, str]])


class Box[T = int]:
    def __init__(self, value: T) -> None:
        self.value = value

    def describe(self):
        return f"{self.value}"


class Table[K: str = str, V: (int, float) = int, L = list[V]]:
    """A table whose last parameter refers to another."""

    def rows(self) -> L | None:
        return None

    def put[D = V](self, key: K, value: V, default: D | None = None) -> tuple[K, V, D | None]:
        return key, value, default


class Call[**P = [int, str], R = None]:
    def __init__(self, function: Callable[P, R]) -> None:
        self.function = function


class Rows[T, *Ts = *tuple[int, str]]:
    rows: list[tuple[*Ts]]


class Older(Generic[Old]):
    value: Old


type Pair[A, B = A] = tuple[A, B]
type Handler[**P = ...] = Callable[P, None]
type Many[*Ts = Unpack[tuple[int, ...]]] = tuple[*Ts]


@dataclass
class Item[T = "Item[int]"]:
    value: T
    other: T | None = None


def get[T, D = None](table: dict[str, T], key: str, default: D = None) -> T | D:
    time.sleep(0.001)
    return table.get(key, default)


def get_all[T = int](table: dict[str, T], *keys):
    return [get(table, key) for key in keys]


def describe(value):
    return f"{value.describe()}"


def main():
    print(describe(Box(1)), Table().put("k", 1), Table().rows(), get_all({"a": 1}, "a", "b"))
    print(Pair[int], Handler, Many, Item(1), Old.__default__, Table.__type_params__[2].__default__)


if __name__ == "__main__":
    main()
