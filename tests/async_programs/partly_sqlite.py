import sqlite3
import time


def rows() -> list[tuple[int]]:
    connection = sqlite3.connect(":memory:")
    time.sleep(0)
    found = connection.execute("select 1").fetchall()
    connection.close()
    return found


def pause() -> str:
    time.sleep(0)
    return "paused"


def main() -> None:
    print(pause(), rows())


if __name__ == "__main__":
    main()
