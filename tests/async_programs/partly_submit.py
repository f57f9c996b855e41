import time
from concurrent.futures import Future, ThreadPoolExecutor


def fetch(n: int) -> int:
    time.sleep(0)
    if n == 2:
        raise ValueError(n)
    return n * n


def main() -> None:
    found = []
    with ThreadPoolExecutor(2) as pool:
        futures: list[Future[int]] = [pool.submit(fetch, n) for n in range(4)]
        for future in futures:
            try:
                found.append(future.result())
            except ValueError as error:
                found.append(-int(str(error)))
    print(found)


if __name__ == "__main__":
    main()
