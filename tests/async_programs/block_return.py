def find(name, word):  # type: ignore[no-untyped-def]
    with open(name, encoding="utf-8") as file:
        for number, line in enumerate(file):
            if word in line:
                return number


def first(name: str) -> str:
    with open(name, encoding="utf-8") as file:
        line = file.readline()
        if line:
            return line.strip()
        else:
            raise EOFError(name)


def main() -> None:
    with open("a", "w", encoding="utf-8") as file:
        file.writelines(["one\n", "two\n"])
    print(find("a", "two"), find("a", "three"), first("a"))
    with open("b", "w", encoding="utf-8"):
        pass
    try:
        first("b")
    except EOFError as error:
        print("empty", error)


if __name__ == "__main__":
    main()
