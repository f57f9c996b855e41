import time


def wait(seconds: float) -> str:
    time.sleep(seconds)  # long enough
    return f"waited {seconds}"


if __name__ == "__main__":
    print(wait(0.001))
