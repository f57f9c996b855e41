"""Type parameters in nested scopes, closures and comprehensions, shadowing and shadowed."""

import time

x = 1
T = int


def shadows[x](y: x = x) -> x:
    return y


def hidden[T](T=T):
    return T


def generic[T](items: list[T]):
    class Local[U](dict[U, str]):
        kept: T

        def get_all(self, wanted: U) -> list[T]:
            return [item for item in items if isinstance(item, type(wanted)) or T]

        def closure[V](self, v: V):
            def inner():
                nonlocal items
                items = [*items, v]
                return [T.__name__, U.__name__, V.__name__, len(items)]

            return inner()

    return Local


class Outer[T]:
    x = "class"
    names = [T.__name__ for _ in range(2)]
    make = lambda self, value=x: (value, x)

    def method[U: "Outer[int]"](self, other: U | None = None) -> tuple[T, U] | None:
        names: dict[T, U] = {}
        return None if other is None else (T, other)

    type Alias[V] = dict[T, V]

    def uses(self, table: Alias[int]) -> Alias[str]:
        return {key: str(value) for key, value in table.items()}


def recursive[T: "recursive"](value: T, depth=2):
    return recursive(value, depth - 1) if depth else T.__bound__ == "recursive"


def describe(value):
    return f"{value}"


def wait[T: (int, float)](seconds: T = 0.001) -> T:
    time.sleep(seconds)
    return seconds


def main():
    local = generic([1])
    print(shadows(), hidden(), local().get_all(1), local().closure("v"), Outer.names, Outer().make())
    print(Outer().method(), Outer().uses({1: 2}), recursive(1), describe(1), wait())


if __name__ == "__main__":
    main()
