import time


class Flaky:
    def __init__(self) -> None:
        self.calls = 0

    def call(self) -> str:
        self.calls += 1
        time.sleep(0.001 * self.calls)
        if self.calls < 3:
            raise ConnectionError(f"attempt {self.calls}")
        return "done"


def retry(flaky: Flaky) -> str:
    while True:
        try:
            return flaky.call()
        except ConnectionError as error:
            print(error)
        else:
            print("never")
        finally:
            time.sleep(0)


if __name__ == "__main__":
    print(retry(Flaky()))
