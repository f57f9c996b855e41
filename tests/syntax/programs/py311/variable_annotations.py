"""Annotations of variables, wherever they may stand."""

import time
from typing import Annotated, ClassVar, Final

bare: int
value: "int" = 1
(parenthesised): int = 2
MOST: Final = 3
table: dict[str, "list[int]"] = {}
table["x"]: list[int] = [1]
noted: Annotated[int, "a", lambda x: x, {"k": [1]}] = 4
rows: tuple[int, ...] = 1, 2


class Thing:
    plain: int
    shared: ClassVar[list[int]] = []
    text: "str" = "t"
    if value:
        conditional: int = 1

    def __init__(self, size=1):
        self.size: int = size
        self.later: str
        (self.bracketed): int = 5

    def local(self):
        x: int
        y: int = 1
        x = y
        z: NotEvaluated = x
        return z


def describe(value):
    text: str = f"{value}"
    return text


def wait():
    start: float = time.monotonic()
    time.sleep(0.001)
    end: float = time.monotonic()
    return end > start


def main():
    print(value, parenthesised, MOST, table, noted, rows, sorted(Thing.__annotations__), Thing().local())
    print(describe(Thing().bracketed), wait())


if __name__ == "__main__":
    main()
