import time
from collections.abc import Generator


def steps(n: int) -> Generator[int, None, str]:
    for step in range(n):
        time.sleep(0)
        yield step
    return "done"


def walk(n: int) -> Generator[int, None, None]:
    end = yield from steps(n)
    print(end)


def main() -> None:
    time.sleep(0)
    print(list(walk(3)))


if __name__ == "__main__":
    main()
