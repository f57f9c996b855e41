import time


class Store:
    def __init__(self) -> None:
        self.items = {"a": 1}

    def get(self, key: str) -> int:
        time.sleep(0)
        return self.items[key]


def ask(source, key):  # type: ignore[no-untyped-def]
    return source.get(key)


def main() -> None:
    store = Store()
    time.sleep(0)
    print(ask(store, "a"), ask({"b": 2}, "b"), store.get("a"))


if __name__ == "__main__":
    main()
