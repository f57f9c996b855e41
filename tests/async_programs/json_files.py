import json
import os


class Store:
    def __init__(self, name: str) -> None:
        self.name = name

    def save(self, data: dict[str, int]) -> None:
        with open(self.name, "w", encoding="utf-8") as file:
            json.dump(data, file)

    def load(self) -> dict[str, int]:
        if not os.path.exists(self.name):
            return {}
        with open(self.name, encoding="utf-8") as file:
            found: dict[str, int] = json.load(file)
        return found

    def add(self, key: str) -> int:
        data = self.load()
        data[key] = data.get(key, 0) + 1
        self.save(data)
        return self.load()[key]


store = Store("store.json")
print(store.add("a"), store.add("a"), store.add("b"))
