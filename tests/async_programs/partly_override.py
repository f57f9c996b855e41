import time


class Base:
    def load(self) -> str:
        time.sleep(0)
        return "base"


class Child(Base):
    def load(self) -> str:
        return "child of " + super().load()


def names(loaders: list[Base]) -> list[str]:
    return list(map(Child.load, [Child()])) + [each.load() for each in loaders]


def main() -> None:
    time.sleep(0)
    print(names([Base(), Child()]))


if __name__ == "__main__":
    main()
