# A comment before the docstring.

"""Several imports of the future."""

# And before the import.
from __future__ import annotations, generator_stop
from __future__ import (
    division as _division,
    print_function,
)
import time


class Node:
    children: list[Node]
    parent: Node | None = None

    def __init__(self, *children: Node) -> None:
        self.children = list(children)

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, test: Test) -> Undefined | Node:
        return self


def count(node: Node, seen: set[NotImported] = set()) -> int:
    return sum(1 for _ in node.walk())


def describe(node):
    return f"{node.parent}"


def pause(seconds: Later = 0.001) -> Later:
    time.sleep(seconds)
    return seconds


Later = float
Test = object
Undefined = NotImported = int


def main():
    print(count(Node(Node(), Node(Node()))), describe(Node()), Node.find.__annotations__["return"], pause())


if __name__ == "__main__":
    main()
