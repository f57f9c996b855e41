import time


def weight(text: str) -> int:
    time.sleep(0)
    return len(text)


def main() -> None:
    print(sorted(["bb", "a"], key=weight))
    print(weight("ccc"))
    time.sleep(0)


if __name__ == "__main__":
    main()
