"""TypedDict in all its forms."""

import json
import time
from typing import Any, Generic, NotRequired, Required, TypedDict, TypeVar, Unpack

T = TypeVar("T")


class Movie(TypedDict):
    title: str
    year: NotRequired[int]


class Options(TypedDict, total=False):
    """What can be set."""

    name: Required[str]
    level: int


class Page(TypedDict, Generic[T]):
    items: list[T]
    next: "Page[T] | None"


class Series(Movie, total=False):
    seasons: int


Keyed = TypedDict("Keyed", {"in": str, "a-b": NotRequired[int]})


def make(**options: Unpack[Options]) -> str:
    return f"{options['name']} {options.get('level', 0)}"


def load(text):
    data: Movie = json.loads(text)
    time.sleep(0.001)
    return data


def describe(movie):
    return f"{movie}"


def count(page: Page[Any]) -> int:
    total = 0
    current: Page[Any] | None = page
    while current is not None:
        total += len(current["items"])
        current = current["next"]
    return total


def main():
    series: Series = {"title": "b", "seasons": 2}
    key: Keyed = {"in": "x", "a-b": 1}
    print(load('{"title": "a"}'), make(name="n", level=2), series, key)
    print(count({"items": [1], "next": {"items": [2, 3], "next": None}}), describe(series))


if __name__ == "__main__":
    main()
