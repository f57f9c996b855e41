def write(name: str, lines: list[str]) -> None:
    with open(name, "w", encoding="utf-8") as file:
        for line in lines:
            file.write(line + "\n")


def read(name: str) -> list[str]:
    found = []
    with open(name, encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                continue
            found.append(line.strip())
    return found


def main() -> None:
    write("notes.txt", ["one", "# two", "three"])
    print(read("notes.txt"))
    with open("notes.txt", encoding="utf-8") as file:
        first = file.readline()
        rest = file.read()
    print(repr(first), len(rest))


if __name__ == "__main__":
    main()
