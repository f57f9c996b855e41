"""Nested functions with nonlocal and global."""

import time

total = 0


def counter(start=0):
    count = start

    def up(by=1):
        nonlocal count
        global total
        count += by
        total += by
        return count

    def down():
        def inner():
            nonlocal count
            count -= 1

            class Local:
                nonlocal start
                start = count

                def get(self):
                    return start, count

            return Local().get()

        return inner()

    return up, down


def define():
    global made, Later

    def made():
        return "made"

    class Later:
        """Made later."""

        def __init__(self, value=total):
            self.value = value


def waits():
    seconds = 0.001

    def wait():
        time.sleep(seconds)

    wait()
    return wait


def describe(value):
    def inner():
        return value

    return f"{inner()}"


def main():
    up, down = counter(5)
    print(up(), up(2), down(), total)
    define()
    print(made(), Later().value, describe(1))
    waits()()


if __name__ == "__main__":
    main()
