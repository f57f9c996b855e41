import time


def size(text: str) -> int:
    time.sleep(0)
    return len(text)


def main() -> None:
    longest = max(["a", "ccc", "bb"], key=lambda text: size(text))
    time.sleep(0)
    print(longest, size(longest))


if __name__ == "__main__":
    main()
