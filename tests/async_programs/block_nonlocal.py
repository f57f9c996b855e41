def count(names: list[str]) -> tuple[int, str]:
    total = 0
    last = ""
    for name in names:
        with open(name, encoding="utf-8") as file:
            for line in file:
                total += len(line)
                if line.startswith("b"):
                    last = line
        print(name, total)
    return total, last


def main() -> None:
    for name in ("x", "y"):
        with open(name, "w", encoding="utf-8") as file:
            file.write(f"a{name}\nb{name}\n")
    print(count(["x", "y"]))


if __name__ == "__main__":
    main()
