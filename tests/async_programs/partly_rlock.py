import threading
import time

LOCK = threading.RLock()
FOUND: list[str] = []


def note(text: str) -> None:
    with LOCK:
        time.sleep(0)
        FOUND.append(text)


def main() -> None:
    time.sleep(0)
    note("a")
    note("b")
    print(FOUND)


if __name__ == "__main__":
    main()
