import time


def length(text: str) -> int:
    return len(text)


def main() -> None:
    time.sleep(0)
    words = sorted(["ccc", "a", "bb"], key=length)
    print(words, list(map(length, words)), max(words, key=len))


if __name__ == "__main__":
    main()
