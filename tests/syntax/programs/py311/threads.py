"""Locks, queues and threads."""

import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor

lock = threading.Lock()
results: "queue.Queue[int]" = queue.Queue()


def work(number):
    with lock:
        time.sleep(0.001)
        results.put(number * 2)


def gather(count):
    return sorted(results.get() for _ in range(count))


def start(count):
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def mapped(values):
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(describe, values))


def describe(value):
    return f"{value}"


def pause(event):
    event.set()
    return event.wait(0.001)


def main():
    start(3)
    print(gather(3), mapped([1, 2]), pause(threading.Event()))


if __name__ == "__main__":
    main()
