import time


def start() -> int:
    print("start")
    time.sleep(0)
    return 3


def count(first: int = start()) -> list[int]:
    time.sleep(0)
    return [first, start()]


if __name__ == "__main__":
    print(count(), count(9))
