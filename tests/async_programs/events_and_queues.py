import queue
import threading


class Mailbox:
    def __init__(self) -> None:
        self.items: queue.Queue[str] = queue.Queue(maxsize=5)
        self.ready = threading.Event()
        self.guard = threading.Semaphore(2)

    def send(self, text: str) -> None:
        with self.guard:
            self.items.put(text)
        self.ready.set()

    def receive(self) -> str:
        self.ready.wait()
        return self.items.get()


def main() -> None:
    box = Mailbox()
    box.send("first")
    box.send("second")
    print(box.receive(), box.receive(), box.items.qsize())


if __name__ == "__main__":
    main()
