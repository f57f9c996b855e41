import threading
import time
from pathlib import Path

LOCK = threading.Lock()


def append(name: str, text: str) -> None:
    with LOCK, open(name, "a", encoding="utf-8") as file:
        file.write(text)


def main() -> None:
    time.sleep(0)
    append("a", "one ")
    append("a", "two")
    print(Path("a").read_text(encoding="utf-8"), LOCK.locked())


if __name__ == "__main__":
    main()
