"""Lines that go on, by backslash or in brackets."""

import os, \
    time
from collections import (
    OrderedDict,  # one
    deque,

)

value = 1 + \
    2 \
    + 3


def \
    spread(a, \
           b=2):
    return a \
        + b


def long(
    a, b
    , c = (
        1,
    ),
    *
    ,
    d
    :
    int
    =
    4
):
    return (a
            + b
            # a comment within
            + c[0]) if d \
        else 0


def keep(function):
    return function


@ \
keep
def odd(self): return \
    1


class \
    Split \
        (
            object,
        ) \
        :
    x = \
        5

    def get \
        (self) \
        : return self \
            .x


if value > 3 and \
        os.sep: \
    flag = True


def unusual(value): \
    return value


def describe(value):
    return f"{value}" \
        f"{value!r}"


def pause(): time.sleep \
    (0.001)


def main():
    pause()
    assert value == 6, \
        "six"
    text = "one \
two"
    print(spread(1), long(1, 2, d=3), Split().get(), flag, text, describe(unusual(1)), odd(0),
          deque([1]), OrderedDict())


if __name__ == "__main__": main()
