"""f-strings with comments, backslashes and several lines within the braces (PEP 701)."""

import time


def lines(values):
    return f"{
        # a comment with a " quote and a } brace
        sum(
            value  # each one
            for value in values
        )
    } {'\\'.join([
        "a",
        "b",
    ])} {values[
        0
    ]:>{
        4
    }}"


def triple(name):
    return f"""
    {name
        .upper()  # louder
    !r:\
>8}
    {"""nested
    triple"""}
    def not_a_function(): pass
    """


def deep(x):
    return f"{f'''{
        f"{x
        }"
    }'''}" f"{x:{"{"}>{'1'}0}" f"{'a' 'b'}" f"{x:%H:%M}" if False else f"{x!r
    :>4}"


def spec(x, width=10):
    return f"{x:{width}.{
        2  # digits
    }f}|{x!s:{'*'}^{width}}|\N{BULLET}{"\N{BULLET}"}|{x:\x3e8}"


def describe(value):
    return f"{
        value
    }"


def pause():
    time.sleep(
        float(f"{0.001
        }")
    )


def main():
    pause()
    print(lines([1, 2]), triple("n"), deep(1), spec(1.5), describe(2))


if __name__ == "__main__":
    main()
