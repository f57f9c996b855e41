"""Properties, class and static methods, slots, special methods."""

import functools
import time
from abc import ABC, abstractmethod


class Shape(ABC):
    __slots__ = ("_size", "__weakref__")

    def __init__(self, size):
        self._size = size

    @property
    def size(self):
        return self._size

    @size.setter
    def size(self, value):
        self._size = value

    @size.deleter
    def size(self):
        self._size = 0

    @property
    @abstractmethod
    def area(self): ...

    @staticmethod
    def unit(size=1, /):
        return size

    @classmethod
    def named(cls, /, name, *, size=2):
        return cls(size), name

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)


class Square(Shape):
    @property
    def area(self):
        """The area."""
        return self._size**2

    @functools.cached_property
    def slow(self):
        time.sleep(0.001)
        return "slow"

    def __eq__(self, other):
        return isinstance(other, Square) and self.area == other.area

    __hash__ = None

    def __call__(self, *args):
        return len(args)

    def __getattr__(self, name):
        return f"no {name}"


class Typed:
    """A descriptor."""

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        return self if instance is None else instance.__dict__.get(self.name)

    def __set__(self, instance, value):
        instance.__dict__[self.name] = value


class Uses:
    x = Typed()


def describe(value):
    return f"{value.area}"


def main():
    square = Square(3)
    square.size = 4
    print(square.area, square.slow, square == Square(4), square(1, 2), square.other, Square.named("n")[1])
    del square.size
    uses = Uses()
    uses.x = 5
    print(square.size, Square.unit(), uses.x, describe(square))


if __name__ == "__main__":
    main()
