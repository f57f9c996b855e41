import os
import time


def create(name: str) -> None:
    with open(name, "w", encoding="utf-8") as file:
        file.write("x")


def wait_for(name: str, rounds: int) -> int:
    tries = 0
    while not os.path.exists(name):
        tries += 1
        if tries == rounds:
            create(name)
        time.sleep(0.001)
    return tries


if __name__ == "__main__":
    print(wait_for("a", 3))
