import csv


def load(name: str) -> list[list[str]]:
    with open(name, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def save(name: str, rows: list[list[str]]) -> None:
    with open(name, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows(rows)


def main() -> None:
    save("a.csv", [["1", "2"], ["x y", "z"]])
    print(load("a.csv"))


if __name__ == "__main__":
    main()
