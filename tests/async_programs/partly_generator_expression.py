import time


def odd(n: int) -> bool:
    time.sleep(0)
    return n % 2 == 1


def main() -> None:
    print(sum(odd(n) for n in range(5)))
    print(odd(3), any(odd(n) for n in [2, 4]))


if __name__ == "__main__":
    main()
