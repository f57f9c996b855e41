import time
from collections.abc import Iterator


def ticks(count: int) -> Iterator[int]:
    for number in range(count):
        time.sleep(0)
        yield number


def evens(count: int) -> Iterator[int]:
    for number in ticks(count):
        if number % 2 == 0:
            yield number


def main() -> None:
    for number in evens(5):
        print(number)
    print(list(ticks(3)), [n * n for n in ticks(4) if n], {n: -n for n in evens(4)})


if __name__ == "__main__":
    main()
