import time


def handle(line: str) -> str:
    time.sleep(0)
    return line.strip().upper()


def main() -> None:
    with open("a", "w", encoding="utf-8") as file:
        file.write("one\ntwo\n")
    with open("a", encoding="utf-8") as file:
        for line in file:
            print(handle(line))


if __name__ == "__main__":
    main()
