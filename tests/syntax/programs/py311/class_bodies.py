"""Class bodies with comprehensions, loops, conditions; hooks of classes."""

import time


class Meta(type):
    def __new__(mcls, name, bases, namespace, *, label="", **options):
        made = super().__new__(mcls, name, bases, namespace)
        made.label = label
        return made

    def __init__(cls, name, bases, namespace, **options):
        super().__init__(name, bases, namespace)

    def __prepare__(name, bases, **options):
        return {}

    def __contains__(cls, item):
        return item in cls.label


class Base(metaclass=Meta, label="base"):
    registry: dict[str, type] = {}
    squares = [x * x for x in range(3)]
    table = {k: v for k, v in zip("ab", squares)}
    total = sum(x for x in squares)
    for index in range(2):
        exec(f"field_{index} = {index}")
    if total > 3:
        def big(self):
            return True
    else:
        def big(self):
            return False
    try:
        missing
    except NameError:
        fallback = "fallback"
    with open(__file__) as file:
        first = file.readline()[:3]
    del index, file

    def __init_subclass__(cls, /, kind="plain", **options):
        super().__init_subclass__()
        Base.registry[cls.__name__] = kind

    def __class_getitem__(cls, item):
        return f"{cls.__name__}[{item}]"

    def __set_name__(self, owner, name):
        self.name = name

    class Inner:
        """Inside."""

        class Deeper:
            def get(self):
                return __class__.__qualname__


class Child(Base, kind="special", label="child"):
    def super_get(self):
        return super().big()

    def __wait(self):
        time.sleep(0.001)

    def wait(self):
        self.__wait()
        return self._Child__wait.__name__


def describe(value):
    return f"{value}"


def main():
    print(Base.squares, Base.table, Base.total, Base.fallback, Base.first, Base.registry, Base[int])
    print(Child().super_get(), Child().wait(), "hil" in Child, Base.Inner.Deeper().get(), describe(1))


if __name__ == "__main__":
    main()
