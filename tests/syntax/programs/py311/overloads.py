"""overload: in a module, in a class, with decorators."""

import subprocess
import sys
from typing import Literal, overload


@overload
def read(name: str, raw: Literal[True]) -> bytes: ...
@overload
def read(name: str, raw: Literal[False] = ...) -> str: ...
def read(name, raw=False):
    code = f"print({name!r}, end='')"
    out = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE).stdout
    return out if raw else out.decode()


class Shelf:
    @overload
    def __getitem__(self, key: int) -> str: ...

    @overload
    def __getitem__(self, key: slice) -> list[str]: ...

    def __getitem__(self, key: int | slice) -> str | list[str]:
        return ["a", "b", "c"][key]

    @overload
    @classmethod
    def make(cls) -> "Shelf": ...
    @overload
    @classmethod
    def make(cls, size: int) -> "list[Shelf]": ...
    @classmethod
    def make(cls, size: int | None = None) -> "Shelf | list[Shelf]":
        return cls() if size is None else [cls() for _ in range(size)]


def describe(value):
    return repr(value)


def main():
    shelf = Shelf()
    print(read("x"), read("y", True), shelf[0], shelf[1:], len(Shelf.make(2)), describe(None))


if __name__ == "__main__":
    main()
