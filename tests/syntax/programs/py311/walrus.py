"""The walrus in every place that allows it without more parentheses, and with them."""

import re
import time

WORD = re.compile(r"(\w+)=(\d+)")


def parse(lines):
    found = {}
    for line in lines:
        if m := WORD.match(line):
            found[m[1]] = int(m[2])
        elif (stripped := line.strip()) and (size := len(stripped)) > 3:
            found[stripped] = size
    return found


def drain(stack):
    total = 0
    while (item := stack.pop() if stack else None) is not None:
        total += item
    return total


def squares(numbers):
    return [y for x in numbers if (y := x * x) % 2], {last := 1, last + 1}, (y := 3, y)


def tricks(data, /, key=(first := 0)):
    print(a := 1, (b := 2), sep=",")
    assert (c := a + b), "three"
    spam = lambda x: (z := x + 1) * z  # noqa: E731
    index = data[k := 1]
    picked = data[(lo := 0) : (hi := 2)]
    text = f"{(w := 5)} {w!r:>{(n := 3)}}"
    return a, b, c, spam(2), index, k, picked, lo, hi, text, n, key


def conditional(x):
    return y if (y := x - 1) else (y := -1)


def describe(value):
    return text if (text := str(value)) else "nothing"


def pause(times):
    while (times := times - 1) >= 0:
        time.sleep(0.001)


def main():
    pause(1)
    print(parse(["a=1", " spam ", "", "b=2"]), drain([1, 2, 3]), squares([1, 2, 3]))
    print(tricks([7, 8, 9]), conditional(1), conditional(3), first, describe(""))


if __name__ == "__main__":
    main()
