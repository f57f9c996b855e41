"""ReadOnly, TypeIs, NoDefault, deprecated."""

import time
import warnings
from typing import Any, NotRequired, ReadOnly, Required, TypedDict, TypeIs
from warnings import deprecated


class User(TypedDict):
    name: ReadOnly[str]
    tags: ReadOnly[NotRequired[list[str]]]
    id: Required[ReadOnly[int]]


class Generic_[T = int](TypedDict, total=False):
    value: ReadOnly[T]


def is_text(value: object) -> TypeIs[str]:
    return isinstance(value, str)


@deprecated("use load_user", category=None)
def load(name):
    time.sleep(0.001)
    return User(name=name, id=len(name))


@deprecated("gone")
class Gone:
    @classmethod
    @deprecated("never")
    def make(cls):
        return cls


def load_many(names):
    return [load(name)["id"] for name in names]


def describe(value):
    return value if is_text(value) else f"{value}"


def caught(**options: Any) -> list[str]:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        Gone.make()
    return [str(each.message) for each in seen]


def main():
    print(load_many(["a", "bc"]), describe(1), describe("t"), caught(), User.__readonly_keys__ >= {"name"})


if __name__ == "__main__":
    main()
