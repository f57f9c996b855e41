"""Line ends of Unix, Windows and old Macs in one file."""

import time


def one(x):
    return x


def two(x, y=2):    z = x + y    return z
class Three:
    """Three.

    Lines.
    """

    def get(self):        return """a
bc"""


def describe(value):
    return f"{value}"


def pause():    time.sleep(0.001)


def main():
    pause()
    print(one(1), two(1), repr(Three().get()), describe(4))


if __name__ == "__main__":    main()
