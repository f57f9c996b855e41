import json


def main() -> None:
    with open("a.json", "w", encoding="utf-8") as file:
        json.dump({"a": [1, 2]}, file)
    with open("a.json", encoding="utf-8") as file:
        head = file.read(1)
        rest = file.read()
    with open("a.json", encoding="utf-8") as file:
        data = json.load(file)
    print(head, len(rest), data)


if __name__ == "__main__":
    main()
