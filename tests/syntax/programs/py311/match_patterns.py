"""Every kind of pattern."""

import time
from dataclasses import dataclass
from enum import Enum


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Point:
    x: int
    y: int = 0


class Origin(Point):
    """The point in the middle."""

    __match_args__ = ("x", "y")


def kind(subject):
    match subject:
        case None | True | False:
            return "singleton"
        case -1 | 1.5 | 2 + 3j | -0.0 - 1j:
            return "number"
        case "a" "b" | b"bytes" | r"\d":
            return "text"
        case Colour.RED:
            return "red"
        case Origin():
            return "origin"
        case Point(0, y=0) | Point(x=0, y=1):
            return "corner"
        case Point(x, y) if x == y:
            return f"diagonal {x}"
        case Point() as point:
            return f"point {point.x}"
        case []:
            return "empty"
        case [int(first)]:
            return f"one {first}"
        case (1, *_, 9):
            return "from one to nine"
        case [str() as head, *tail]:
            return f"{head} and {len(tail)}"
        case [[a, b], {"k": [c, *_]}]:
            return f"nested {a} {b} {c}"
        case {}  if not subject:
            return "empty mapping"
        case {"type": "move", "to": (x, y), **rest}:
            return f"move {x} {y} {sorted(rest)}"
        case {-1: "minus", Colour.BLUE: blue, None: _}:
            return f"keys {blue}"
        case dict(d) | set(d) if (size := len(d)):
            return f"collection {size}"
        case _:
            return "other"


def pair(a, b):
    match a, b:
        case 0, 0:
            return "zeros"
        case int(), *others:
            return f"int {others}"
        case (c, d):
            return f"{c} {d}"


def star(*args):
    match args:
        case *front, last,:
            return front, last
        case ():
            return None


def soft(match, case):
    type = match
    match case:
        case type.real:
            return "same"
        case match:
            return [match, case]


def describe(value):
    match value:
        case str(text):
            return text
        case _:
            return repr(value)


def wait(command):
    match command.split():
        case ["sleep", seconds]:
            time.sleep(float(seconds))
        case [*words]:
            print(words)


def main():
    subjects = [True, -1, 2 + 3j, "ab", b"bytes", Colour.RED, Origin(1), Point(0), Point(2, 2)]
    subjects += [Point(3, 1), [], [4], (1, 2, 3, 9), ["x", 1], [[1, 2], {"k": [3]}], {}]
    subjects += [{"type": "move", "to": (1, 2), "by": 3}, {-1: "minus", Colour.BLUE: 1, None: 2}]
    subjects += [{"z": 1}, {5}, object]
    print([kind(each) for each in subjects])
    print(pair(0, 0), pair(1, "x"), pair("x", 1), star(1, 2, 3), star(), soft(1, 1), soft(1, 2))
    wait("sleep 0.001")
    wait("one two")
    print(describe("d"), describe(4))


if __name__ == "__main__":
    main()
