import time


class Connection:
    def __init__(self, name: str) -> None:
        self.name = name
        self.open = False

    def __enter__(self) -> "Connection":
        time.sleep(0)
        self.open = True
        return self

    def __exit__(self, *exc: object) -> None:
        self.open = False
        print("closed", self.name)

    def ask(self, text: str) -> str:
        time.sleep(0)
        return f"{self.name}: {text} {self.open}"


def main() -> None:
    with Connection("db") as connection:
        print(connection.ask("hello"))
    print(connection.open)


if __name__ == "__main__":
    main()
