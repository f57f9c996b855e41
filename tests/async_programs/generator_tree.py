import time
from collections.abc import Generator

Tree = dict[str, "Tree"]


def walk(tree: Tree, depth: int = 0) -> Generator[str, None, None]:
    for name, inner in tree.items():
        time.sleep(0)
        yield "  " * depth + name
        yield from walk(inner, depth + 1)
    yield from ()


def main() -> None:
    for line in walk({"a": {"b": {}, "c": {"d": {}}}, "e": {}}):
        print(line)


main()
