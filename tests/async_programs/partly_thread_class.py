import threading
import time


class Worker(threading.Thread):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def run(self) -> None:
        time.sleep(0)
        self.found.append("ran")


def main() -> None:
    worker = Worker()
    worker.start()
    worker.join()
    time.sleep(0)
    print(worker.found)


if __name__ == "__main__":
    main()
