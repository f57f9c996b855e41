"""Context variables, across threads and tasks."""

import asyncio
import contextvars
import threading
import time

current: contextvars.ContextVar[str] = contextvars.ContextVar("current", default="none")


def name():
    return current.get()


def scoped(value, function):
    token = current.set(value)
    try:
        time.sleep(0.001)
        return function()
    finally:
        current.reset(token)


async def task(value):
    current.set(value)
    await asyncio.sleep(0)
    return name()


async def run():
    return await asyncio.gather(*(task(each) for each in "ab"))


def in_thread():
    seen = []
    context = contextvars.copy_context()
    thread = threading.Thread(target=lambda: seen.append(context.run(name)))
    thread.start()
    thread.join()
    return seen


def describe(value):
    return f"{value}"


def main():
    print(scoped("x", name), name(), asyncio.run(run()), in_thread(), describe(1))


if __name__ == "__main__":
    main()
