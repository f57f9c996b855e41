import sqlite3
import time


def count() -> int:
    connection = sqlite3.connect(":memory:")
    time.sleep(0)
    found = int(connection.execute("select 41 + 1").fetchone()[0])
    connection.close()
    return found


print(count())
