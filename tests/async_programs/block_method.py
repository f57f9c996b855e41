import json


class Store:
    def __init__(self, name: str) -> None:
        self.name = name
        self.items = {"a": 1}
        self.saved = 0

    def save(self) -> None:
        with open(self.name, "w", encoding="utf-8") as file:
            json.dump(self.items, file)
            self.saved += 1

    def load(self) -> dict[str, int]:
        with open(self.name, encoding="utf-8") as file:
            self.items = json.load(file)
        return self.items


def main() -> None:
    store = Store("a.json")
    store.save()
    store.items = {}
    print(store.load(), store.saved)


if __name__ == "__main__":
    main()
