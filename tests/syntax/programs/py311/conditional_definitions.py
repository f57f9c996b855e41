"""The same name defined more than once."""

import sys
import time

if sys.maxsize > 2**32:

    def width():
        return 64

else:

    def width():
        return 32


try:

    def tried():
        return "try"

except ImportError:

    def tried():
        return "except"

else:

    class Chosen:
        def get(self):
            return "else"

finally:

    class Always:
        def get(self):
            return "finally"


for number in range(2):

    def looped(n=number):
        return n


def again():
    return 1


def again(x=2):  # noqa: F811
    return x


while True:

    def once():
        return "once"

    break


match number:
    case 1:

        def matched():
            return "one"

    case _:

        def matched():
            return "other"


with open(__file__) as file:

    def within():
        return file.closed


def describe(value):
    if value:

        def inner():
            return "yes"

    else:

        def inner():
            return "no"

    return f"{inner()}"


def pause():
    time.sleep(0.001)


def main():
    pause()
    print(width() in (32, 64), tried(), Chosen().get(), Always().get(), looped(), again(), once(), matched(), within())
    print(describe(0))


if __name__ == "__main__":
    main()
