import time


class Countdown:
    """Counts down, slowly."""

    def __init__(self, start: int) -> None:
        self.left = start

    def __iter__(self) -> "Countdown":
        return self

    def __next__(self) -> int:
        if self.left == 0:
            raise StopIteration
        time.sleep(0)
        self.left -= 1
        return self.left


def main() -> None:
    for number in Countdown(3):
        print(number)
    print([n for n in Countdown(2)])


if __name__ == "__main__":
    main()
