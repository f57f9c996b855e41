import threading
import time

READY = threading.Event()


def ready() -> bool:
    return READY.wait(0.001)


def main() -> None:
    time.sleep(0)
    print(ready())
    READY.set()
    print(ready(), READY.wait(1))


if __name__ == "__main__":
    main()
