"""Functions whose result has many shapes."""

import time


def nothing(): return


def implicit(x):
    if x:
        return x


def many(x):
    if x > 3: return "text"
    if x > 2: return 1
    if x > 1: return [1, "a"]
    if x > 0: return {"k": None}
    return None


def forever():
    while True:
        pass


def raises(x):
    raise ValueError(x)


def recursive(n):
    return [n] if n < 1 else [n, *recursive(n - 1)]


def mutual(n): return n and other(n - 1)


def other(n): return n and mutual(n - 1)


def generator(n):
    yield
    x = yield n
    return x


def tuple_of(*args): return args, {**{}}, {*args}, (*args,)


def describe(value):
    return f"{value}"


def slow(n):
    time.sleep(0.001)
    return slow(n - 1) if n else "done"


def main():
    print(nothing(), implicit(0), many(4), many(1), recursive(2), mutual(3), list(generator(1)), tuple_of(1))
    print(describe(1), slow(2))


if __name__ == "__main__":
    main()
