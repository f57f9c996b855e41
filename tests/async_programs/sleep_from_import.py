from time import monotonic, sleep


def pause() -> bool:
    start = monotonic()
    sleep(0.001)
    return monotonic() > start


print(pause())
