import time


def square(n: int) -> int:
    time.sleep(0)
    return n * n


def check(n: int) -> bool:
    time.sleep(0)
    return n % 2 == 0


def main() -> None:
    print([square(n) for n in range(4) if check(n)])
    print({n: square(n) for n in (1, 2)}, {square(n) for n in (3, -3)})
    print(square(3) ** 2, -square(2), not check(1), square(square(2)))
    print([1, 2, 3][square(1)], f"{square(5):>4}", square(n=2) if check(2) else 0)
    while not check(3):
        break
    assert check(4), square(1)


if __name__ == "__main__":
    main()
