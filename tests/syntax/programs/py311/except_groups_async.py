"""except* in async functions, in generators and in async generators."""

import asyncio
import time


async def fail(name):
    await asyncio.sleep(0)
    raise ValueError(name)


async def gather():
    errors = []
    try:
        async with asyncio.TaskGroup() as group:
            for name in ("a", "b"):
                group.create_task(fail(name))
    except* ValueError as found:
        await asyncio.sleep(0)
        errors = sorted(str(each) for each in found.exceptions)
    except* (OSError, RuntimeError):
        raise
    return errors


def numbers(limit):
    for number in range(limit):
        try:
            if number % 2:
                raise ExceptionGroup("odd", [ValueError(number)])
            yield number
        except* ValueError as group:
            yield -len(group.exceptions)


async def ticks(limit):
    for number in range(limit):
        try:
            yield number
            raise ExceptionGroup("tick", [KeyError(number)])
        except* KeyError as group:
            yield [each.args for each in group.exceptions]
        finally:
            await asyncio.sleep(0)


def describe(value):
    return f"{value}!"


def pause():
    try:
        time.sleep(0.001)
    except* OSError:
        print("interrupted")


async def run():
    print(await gather(), [each async for each in ticks(2)])


def main():
    pause()
    asyncio.run(run())
    print(list(numbers(4)), describe(1))


if __name__ == "__main__":
    main()
