"""What may still leave a finally clause since PEP 765, and what is warned about."""

import time


def inner_loop(values):
    try:
        return list(values)
    finally:
        for value in values:
            if value:
                continue
            break
        while True:
            break

        def inner():
            return 1

        inner()
        lambda: (yield)


def handled():
    try:
        raise ValueError
    except ValueError, TypeError:
        return "handled"
    finally:
        time.sleep(0.001)


def outside():
    while True:
        try:
            time.sleep(0.001)
        except OSError:
            continue
        else:
            return "else"
        finally:
            pass


def raising():
    try:
        pass
    finally:
        try:
            raise KeyError
        except KeyError, IndexError:
            pass


def describe(value):
    return f"{value}"


def main():
    print(inner_loop([1, 0]), handled(), outside(), raising(), describe(1))


if __name__ == "__main__":
    main()
