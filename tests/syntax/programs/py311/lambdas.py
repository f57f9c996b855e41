"""Lambdas with every kind of parameter and default."""

import time

nothing = lambda: None  # noqa: E731
keyed = lambda a, /, b=1, *c, d=2, **e: (a, b, c, d, e)  # noqa: E731


def adders(limit):
    return [lambda x, n=n: x + n for n in range(limit)]


def nest():
    return lambda x: lambda y=x: (lambda *, z=(x, y): z)()


def sort(rows, key=lambda row: (-row[1], row[0]), *, then=lambda rows: rows[:2]):
    return then(sorted(rows, key=key))


def generator():
    return (lambda: (yield))


def describe(value, /, form=lambda v: f"{v}"):
    return f"{form(value)}"


def later(seconds, action=lambda: "done"):
    time.sleep(seconds)
    return action()


class Table:
    by_name = staticmethod(lambda name: name.upper())

    def total(self, *, key=lambda x: x * 2):
        return sum(map(key, [1, 2]))


def main():
    print(nothing(), keyed(1, 2, 3, d=4, f=5), [f(10) for f in adders(3)], nest()(1)(2))
    print(sort([("a", 1), ("b", 2), ("c", 2)]), describe(1), later(0.001), Table.by_name("n"))
    print(Table().total(), next(generator()()))


if __name__ == "__main__":
    main()
