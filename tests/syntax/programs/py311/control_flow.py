"""Loops with else, chained exceptions, assert, del."""

import time


def search(values, wanted):
    for index, value in enumerate(values):
        if value == wanted:
            break
    else:
        return -1
    while index:
        index -= 1
        if index == 5:
            continue
    else:
        index = 100
    return index


def chain():
    try:
        try:
            {}["x"]
        except KeyError as error:
            raise ValueError("bad") from error
        except (TypeError, OSError):
            raise
        except:
            raise RuntimeError from None
        else:
            pass
    except ValueError as error:
        return repr(error.__cause__)


def deleted():
    a, b, c = [1, 2], {"k": 1}, 3
    del a[0], b["k"], c
    del (a), [b]
    try:
        c
    except UnboundLocalError:
        return "gone"


def checked(x):
    """Check.

    Raises:
        AssertionError: It is not positive.
    """
    assert x > 0, f"{x} is not positive"
    assert (x, "always true")
    return x


def describe(value):
    return f"{value}"


def poll(times):
    while True:
        times -= 1
        if times < 0:
            return times
        time.sleep(0.001)


def main():
    print(search([1, 2, 3], 3), search([], 1), chain(), deleted(), checked(1), poll(2), describe(0))


if __name__ == "__main__":
    main()
