import time
from functools import lru_cache


@lru_cache
def slow(n: int) -> int:
    time.sleep(0)
    return n + 1


print(slow(1), slow(1))
