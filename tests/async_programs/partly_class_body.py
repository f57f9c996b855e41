import time


def number() -> int:
    time.sleep(0)
    return 4


class Settings:
    size = number()


def main() -> None:
    time.sleep(0)
    print(Settings.size, number())


if __name__ == "__main__":
    main()
