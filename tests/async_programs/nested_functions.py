import time


def outer(times: int) -> list[str]:
    found: list[str] = []

    def step(number: int) -> None:
        nonlocal found
        time.sleep(0)
        found = [*found, f"step {number}"]

    for number in range(times):
        step(number)
    return found


print(outer(3))
