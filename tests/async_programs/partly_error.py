import time


class Reader:
    @property
    def line(self) -> str:
        time.sleep(0)
        raise EOFError("no more")


def read() -> str:
    return Reader().line


def main() -> None:
    time.sleep(0)
    try:
        print(read())
    except EOFError as error:
        print("error:", error)


if __name__ == "__main__":
    main()
