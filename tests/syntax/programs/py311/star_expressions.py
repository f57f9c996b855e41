"""Stars wherever they may stand."""

import time


class Grid:
    def __getitem__(self, key):
        return key

    def __setitem__(self, key, value):
        print(key, value)

    def __delitem__(self, key):
        print("del", key)


def ends(values):
    first, *middle, last = values
    [a, *b], *c = [values, 1]
    return first, *middle, last, a, *b, *c


def loop(*tables):
    for x, *rest in *tables, (7, 8):
        yield x, *rest


def merge(*parts, **named):
    return {**named, **dict(parts), "z": [*parts, *named]}, {*parts, *named}


def index(grid, i, j):
    grid[*i, j] = 1
    grid[0, *i] = *i, j
    del grid[*j, *i]
    return grid[*i], grid[*i, *j], grid[1:2, *i], grid[*i, ::2]


def describe(value):
    return f"{value}"


def call(function, *args):
    time.sleep(0.001)
    return function(*args, *args[:1], **{"sep": "-"}, **{"end": "\n"})


def main():
    print(ends([1, 2, 3]), list(loop((1, 2), (3,))), sorted(merge(("a", 1), b=2)[0]))
    print(index(Grid(), (1, 2), (3,)), describe(1))
    call(print, 1, 2)


if __name__ == "__main__":
    main()
