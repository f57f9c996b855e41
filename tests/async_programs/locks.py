import threading
import time

lock = threading.Lock()
total = 0


def add(amount: int) -> None:
    global total
    with lock:
        before = total
        time.sleep(0)
        total = before + amount


def show() -> None:
    lock.acquire()
    print(total)
    lock.release()


def main() -> None:
    for amount in range(4):
        add(amount)
    show()


if __name__ == "__main__":
    main()
