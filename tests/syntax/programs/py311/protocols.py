"""Protocols: methods, attributes, generic, checked at run time."""

import time
from collections.abc import Iterator
from typing import ClassVar, Protocol, TypeVar, runtime_checkable

T_co = TypeVar("T_co", covariant=True)


class Closes(Protocol):
    name: str
    count: ClassVar[int]

    def close(self) -> None: ...

    @property
    def closed(self) -> bool:
        """Whether it is closed."""
        ...


@runtime_checkable
class Sized(Protocol):
    def size(self) -> int: ...


class Source(Protocol[T_co]):
    def items(self) -> Iterator[T_co]: ...


class File:
    count: ClassVar[int] = 0

    def __init__(self, name):
        self.name = name
        self.closed = False

    def close(self):
        time.sleep(0.001)
        self.closed = True

    def size(self):
        return len(self.name)

    def items(self):
        yield from self.name


def finish(*things: Closes) -> list[bool]:
    for thing in things:
        thing.close()
    return [thing.closed for thing in things]


def describe(value):
    return "sized" if isinstance(value, Sized) else "not sized"


def main():
    file = File("ab")
    print(finish(file), describe(file), describe(1), list(file.items()))


if __name__ == "__main__":
    main()
