import sys
import time


class Quit:
    @property
    def status(self) -> int:
        time.sleep(0)
        return 5


def leave() -> None:
    print("leaving", flush=True)
    sys.exit(Quit().status)


def main() -> None:
    time.sleep(0)
    leave()


if __name__ == "__main__":
    main()
