def lengths(names: list[str]) -> list[int]:
    found = []
    for name in names:
        longest = 0
        with open(name, encoding="utf-8") as file:
            while chunk := file.read(2):
                size = len(chunk)
                longest = max(longest, size)
        found.append(longest)
    return found


def main() -> None:
    for name, text in (("x", "abc"), ("y", ""), ("z", "a")):
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
    print(lengths(["x", "y", "z"]))


if __name__ == "__main__":
    main()
