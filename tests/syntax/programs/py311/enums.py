"""Enumerations of all kinds."""

import enum
import time
from enum import Enum, Flag, IntEnum, StrEnum, auto, member, nonmember


class Colour(Enum):
    RED = 1
    GREEN = auto()
    CRIMSON = RED

    @property
    def pretty(self):
        return self.name.title()

    @classmethod
    def first(cls):
        return next(iter(cls))


class Mode(StrEnum):
    """How to open."""

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return name[0].lower()

    READ = auto()
    WRITE = "w"


class Rights(Flag, boundary=enum.STRICT):
    NONE = 0
    R, W = 1, 2
    RW = R | W


class Planet(Enum):
    EARTH = (5.9, 6.3)
    MARS = (0.6, 3.3)

    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius

    def __str__(self):
        return f"{self.name}({self.mass})"


class Odd(IntEnum):
    ONE = 1
    HELPER = nonmember(7)

    @property
    def call(self):
        return 3


class Calls(Enum):
    @member
    def call(self):
        return 4


def describe(value):
    return str(value)


def wait(mode: Mode) -> bool:
    time.sleep(0.001)
    return mode is Mode.READ


def main():
    print(Colour.first(), Colour.CRIMSON.pretty, Mode.READ.value, Rights.RW, list(Planet), wait(Mode.READ))
    print([str(each) for each in Planet], Odd.HELPER, Odd.ONE.call, len(Calls), describe(Mode.WRITE))


if __name__ == "__main__":
    main()
