import time
from concurrent.futures import ThreadPoolExecutor


def fetch(n: int) -> int:
    time.sleep(0.001 * (5 - n))
    return n * n


def every(numbers: list[int]) -> list[int]:
    with ThreadPoolExecutor(3) as pool:
        return list(pool.map(fetch, numbers))


def main() -> None:
    print(every([1, 2, 3, 4]), fetch(5))


if __name__ == "__main__":
    main()
