import contextlib
import time
from contextlib import contextmanager
from typing import Iterator


@contextmanager
def traced(name: str) -> Iterator[str]:
    print("enter", name)
    time.sleep(0)
    try:
        yield name.upper()
    finally:
        time.sleep(0)
        print("leave", name)


@contextlib.contextmanager
def outer() -> Iterator[None]:
    with traced("outer"):
        yield


def main() -> None:
    with outer(), traced("a") as name:
        print(name)
    try:
        with traced("b"):
            raise ValueError("lost")
    except ValueError as error:
        print(error)


if __name__ == "__main__":
    main()
