import time


def weight(text: str) -> int:
    time.sleep(0)
    return len(text)


print(sorted(["bb", "a"], key=weight))
