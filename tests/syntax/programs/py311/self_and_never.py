"""Self, Never, LiteralString, assert_never, reveal of nothing."""

import sys
import time
from collections.abc import Callable
from typing import Any, Literal, LiteralString, Never, NoReturn, Self, TypeGuard, assert_never


class Builder:
    def __init__(self):
        self.parts: list[str] = []

    def add(self, part: str) -> Self:
        self.parts.append(part)
        return self

    @classmethod
    def make(cls) -> Self:
        return cls()

    def __enter__(self) -> Self:
        time.sleep(0.001)
        return self

    def __exit__(self, *_: object) -> None:
        self.parts.clear()


def query(table: LiteralString) -> LiteralString:
    return "SELECT * FROM " + table


def stop(code: int = 0) -> NoReturn:
    sys.exit(code)


def never(value: Never) -> Never:
    raise AssertionError(value)


def is_text(values: list[Any]) -> TypeGuard[list[str]]:
    return all(isinstance(each, str) for each in values)


def mode(value: Literal["r", "w"]) -> int:
    if value == "r":
        return 1
    elif value == "w":
        return 2
    else:
        assert_never(value)


def describe(value):
    return f"{value:>3}"


def main():
    with Builder.make() as builder:
        print(builder.add("a").add("b").parts)
    call: Callable[..., int] = mode
    print(query("t"), is_text(["a"]), mode("w"), call("r"), describe(1))


if __name__ == "__main__":
    main()
