"""return, break and continue in finally: allowed, and warned about from 3.14 on."""

import time


def swallow(x):
    try:
        return 1 / x
    finally:
        return -1


def loops(limit):
    seen = []
    for number in range(limit):
        try:
            seen.append(1 // number)
        finally:
            if number == 2:
                break
            continue
    return seen


def allowed(x):
    try:
        x += 1
    finally:
        for _ in range(2):
            if x:
                break

        def inner():
            return x

        x = inner()
    return x


def nested():
    try:
        try:
            raise ValueError
        finally:
            raise KeyError
    except KeyError as error:
        return type(error.__context__).__name__
    finally:
        pass


def describe(value):
    try:
        return f"{value}"
    finally:
        value = None


def pause():
    try:
        pass
    finally:
        time.sleep(0.001)


def main():
    pause()
    print(swallow(0), loops(5), allowed(1), nested(), describe(1))


if __name__ == "__main__":
    main()
