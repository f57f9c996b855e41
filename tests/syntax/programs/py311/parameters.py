"""Positional-only and keyword-only parameters, with defaults of all kinds."""

import time

LIMIT = 3


def area(width, height=2, /, *, scale=1.0, unit="cm"):
    return f"{width * height * scale:.1f} {unit}"


def spread(first, /, second=LIMIT, *rest, last=(1, 2), **named):
    return first, second, rest, last, sorted(named)


def only_keywords(*, a, b=None, c: int = -1) -> int:
    return c if b is None else a


def only_positional(a, b=[], /):  # noqa: B006
    return [*b, a]


def annotated(a: int, /, b: "int" = 0, *args: int, c: int, d: int = 1, **kwargs: int) -> int:
    return a + b + sum(args) + c + d + sum(kwargs.values())


def describe(value):
    return f"<{value}>"


def pause(seconds=0.001, /, *, times=2):
    for _ in range(times):
        time.sleep(seconds)


def main():
    pause(times=1)
    print(area(3), area(3, 4, scale=0.5), spread(1), spread(1, 2, 3, last=4, x=5))
    print(only_keywords(a=1), only_keywords(a=1, b=2), only_positional(1), only_positional(2, [1]))
    print(annotated(1, 2, 3, c=4, e=5), describe("x"))


if __name__ == "__main__":
    main()
