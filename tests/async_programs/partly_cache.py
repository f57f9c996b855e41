import time
from functools import lru_cache


@lru_cache
def slow(n: int) -> int:
    print("slow", n)
    time.sleep(0)
    return n + 1


def main() -> None:
    print(slow(1), slow(1), slow(2))
    print(slow.cache_info().hits)


if __name__ == "__main__":
    main()
