"""Decorators that are any expression (PEP 614)."""

import functools
import time

registry = {"default": lambda function: function}
wrappers = [functools.cache, functools.wraps(print)]
CHATTY = False


def tag(*names):
    def decorate(function):
        function.tags = names
        return function

    return decorate


@registry["default"]
def plain():
    return 1


@(lambda function: function)
def identity(x):
    return x


@tag("a", "b") if not CHATTY else print
@wrappers[0]
def cached(x):
    return x * 2


@(saved := tag("c"))
@ (
    tag
)(
    "long",  # with a comment
    "list",
)
def spaced(a,
           b=2,
           ):
    return a + b


class Holder:
    """Has decorators of its own."""

    decorators = [staticmethod, classmethod]

    @decorators[1]
    def make(cls):
        return cls()

    @property
    @functools.cache
    def size(self):
        return 3

    @size.getter
    def size(self):
        return 4


@tag(*["x"], **{})
class Tagged: ...


def describe(function):
    return ",".join(function.tags)


@tag()
def pause():
    time.sleep(0.001)


def main():
    pause()
    print(plain(), identity(2), cached(3), spaced(1), describe(spaced), describe(Tagged), saved is not None)
    print(type(Holder.make()).__name__, Holder().size)


if __name__ == "__main__":
    main()
