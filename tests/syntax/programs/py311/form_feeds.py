"""Form feeds between and within."""

import time

def page(x):
    """A page.

    Breaks.
    """
    return x


class Book:
    def open(self, at=1):
        return at + 1

    
    def close(self):  #  a comment

        return ""


def describe(value):
    return f"{value}"


def pause():
    time.sleep(0.001)


def main():
    pause()
    print(page(1), Book().open(), repr(Book().close()), repr(describe(2)))


if __name__ == "__main__":
    main()
