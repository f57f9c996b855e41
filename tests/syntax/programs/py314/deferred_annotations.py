"""Annotations that are evaluated when they are asked for (PEP 649)."""

import time
from annotationlib import Format, get_annotations
from dataclasses import dataclass


def first(node: Node, default: Node | None = None) -> Node:
    return node.child or default or node


@dataclass
class Node:
    value: int
    child: Node | None = None
    parents: list[Node | Later] = ()

    def attach(self, other: Node, *others: Node) -> Node:
        self.child = other
        return self

    @classmethod
    def make(cls, kind: Kind = 1) -> Node:
        return cls(kind)

    class Inner:
        outer: Node
        mine: Inner


def undefined(x: Nowhere, y: Nowhere.else_[int] = 1) -> Nowhere | int:
    return y


def count(node: Node, seen: set[Missing] | None = None):
    local: Missing = 1
    return local + (count(node.child) if node.child else 0)


if True:
    conditional: Node
else:
    conditional: Never

type Kind = int
Later = Node


class Chained[T: Later = Later]:
    value: T


def describe(value):
    return f"{value.value}"


def load(seconds: Seconds = 0.001) -> Node:
    time.sleep(seconds)
    return Node(2)


Seconds = float


def main():
    print(first(Node(1)), describe(Node.make().attach(load())), count(Node(1, Node(2))), undefined(1))
    print(get_annotations(undefined, format=Format.STRING), get_annotations(first)["return"] is Node)


if __name__ == "__main__":
    main()
