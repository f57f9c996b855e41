"""f-strings as every Python from 3.11 on reads them."""

import time
from datetime import date


def forms(x, name="n", width=8):
    return [
        f"{x}", f"{x!r}", f"{x!s:>5}", f"{x:{width}.{2}f}", f"{x=}", f"{x = :.1f}", f"{name!a:*^{width}}",
        f"{{}}", f"{{{x}}}", f"{x:{'>'}{width}}", f"{'nested ' + f'{x}'}", f"{(lambda y: y * 2)(x)}",
        f"{[i for i in range(3)]}", f"{ {'a': 1}['a'] }", f"{date(2024, 1, 2):%d.%m.%Y}", f"{x if x else 0}",
        f"{x,}", f"{*[x], 1}", f'''{
x
}''', f"{x!r:}" f"{name}",
    ]


def log(level, *args, sep=" "):
    return f"[{level:<5}] {sep.join(f'{a!s}' for a in args)}"


def describe(value):
    return f"{value}"


def pause():
    time.sleep(0.001)
    return f"paused {0.001}"


def main():
    print(forms(1.5), log("info", 1, "b"), describe(1), pause())


if __name__ == "__main__":
    main()
