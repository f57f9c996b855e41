import time


def fibonacci(n: int) -> int:
    time.sleep(0)
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def even(n: int) -> bool:
    time.sleep(0)
    return n == 0 or odd(n - 1)


def odd(n: int) -> bool:
    return n != 0 and even(n - 1)


print(fibonacci(8), even(6), odd(6))
