import time


class Pile:
    def __init__(self) -> None:
        self.items = ["a", "b"]

    def __len__(self) -> int:
        time.sleep(0)
        return len(self.items)

    def add(self, item: str) -> None:
        time.sleep(0)
        self.items.append(item)


def main() -> None:
    pile = Pile()
    pile.add("c")
    print(len(pile), pile.items)


if __name__ == "__main__":
    main()
