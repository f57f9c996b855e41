"""Characters that str.splitlines takes for line ends:  , , , ."""

import time

# a comment   that goes on


def parts(text="a bcd"):  # 
    """Split   it.

    In   pieces.
    """
    return text.splitlines()


def after(x):  #   
    return " ", x  # 


def describe(value):
    return f"{value} {value!r}"


def pause(seconds=0.001): ""; time.sleep(seconds)  # 


def main():
    pause()
    print(parts(), ascii(after(1)), ascii(describe(2)))


if __name__ == "__main__":
    main()
