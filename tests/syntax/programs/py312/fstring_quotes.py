"""f-strings that reuse their own quotes, to any depth (PEP 701)."""

import time

ROW = {"a": 1, "b": [2, 3]}


def quotes(row):
    return f"{row["a"]} {", ".join(f"{x}" for x in row["b"])} {f"{f"{f"{1 + 1}"}"}"}"


def mixed(row):
    return f'{row['a']!r:>{row['b'][0]}}' f"{'\n'.join(["x", "y"])}" rf"{row["a"]}\d{'\t'}"


def debug(value):
    return f"{value=} {value = !s} {ROW["a"]=}"


def inner(x): return f"{(lambda y: f"{y}")(x)} {[f"{i}" for i in "ab"]} {{'not'}} {{{ {"k": "v"}["k"] }}}"


def describe(value):
    return f"{f"{value}"}"


def read(path=f"{__file__}"):
    time.sleep(0.001)
    with open(f"{path}") as file:
        return f"{file.readline()[:3].replace('"', "'")}"


def main():
    print(quotes(ROW), mixed(ROW), debug(1), inner(2), describe(3), read())


if __name__ == "__main__":
    main()
