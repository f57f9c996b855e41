"""Dataclasses: options, fields, inheritance, post-init."""

import dataclasses
import time
from dataclasses import KW_ONLY, InitVar, dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Version:
    major: int
    minor: int = 0
    tags: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass
class Item:
    name: str
    _: KW_ONLY
    price: float = 1.0
    tags: list[str] = field(default_factory=list)
    scale: InitVar[int] = 1
    total: float = field(init=False)
    kinds: ClassVar[dict[str, int]] = {"a": 1}

    def __post_init__(self, scale):
        self.total = self.price * scale

    def describe(self):
        return f"{self.name}: {self.total}"


@dataclass(eq=False)
class Special(Item):
    """An item with a colour."""

    colour: str = "red"

    def order(self, count=1):
        time.sleep(0.001)
        return [self.name] * count


Made = dataclasses.make_dataclass("Made", [("a", int), ("b", int, field(default=2))])


def describe(item):
    return f"{item.describe()}"


def main():
    version = Version(major=1, tags=("x",))
    print(version, version < Version(major=2), dataclasses.replace(version, minor=3))
    special = Special("s", price=2.0, scale=3, colour="blue")
    print(special, describe(special), special.order(2), Made(1), dataclasses.asdict(Item("i")))


if __name__ == "__main__":
    main()
