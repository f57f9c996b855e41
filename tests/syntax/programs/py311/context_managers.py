"""with in all its forms, parentheses included."""

import contextlib
import io
import tempfile
import time
from pathlib import Path


@contextlib.contextmanager
def timed(name="t"):
    start = time.monotonic()
    try:
        yield name
    finally:
        time.sleep(0.001)
        print(name, time.monotonic() >= start)


class Guard:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        return kind is KeyError


def read(folder):
    path = Path(folder) / "a.txt"
    path.write_text("hello")
    with (
        open(path) as file,
        timed() as (first),
        io.StringIO() as target,  # trailing comma
    ):
        target.write(file.read())
        return first, target.getvalue()


def several():
    with timed("a") as a, timed("b"):
        with (timed("c")): pass
        with (yield_nothing()), contextlib.suppress(ValueError), Guard() as guard:
            raise ValueError(guard)
    with Guard() as holder.attribute, Guard() as table["x"], timed() as [*letters]:
        raise KeyError(a)
    return letters, sorted(table)


class holder: ...


table = {}


def yield_nothing():
    return contextlib.nullcontext()


def describe(value):
    return f"{value}"


def main():
    with tempfile.TemporaryDirectory() as folder:
        print(read(folder))
    print(several(), describe(1))


if __name__ == "__main__":
    main()
