def last_words(names: list[str]) -> list[str]:
    found = []
    for name in names:
        with open(name, encoding="utf-8") as file:
            text = file.read()
            if text:
                word = text.split()[-1]
            found.append(word)
    return found


def main() -> None:
    for name, text in (("x", "one two"), ("y", "")):
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
    print(last_words(["x", "y"]))


if __name__ == "__main__":
    main()
