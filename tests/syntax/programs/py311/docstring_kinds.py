r'''Docstrings of all kinds: this one is raw, \d.'''

import time


def single():
    'single quotes'
    return 1


def double():
    "double quotes, with an escape \t and a \"quote\""
    return 2


def raw():
    r"""Raw \d and
    more \
    lines."""
    return 3


def unicode():
    U"""Unicode prefix."""
    return 4


def joined():
    """Joined """ "from " 'parts'
    return 5


def parenthesised():
    ("""In parentheses.""")
    return 6


def formatted():
    f"""No docstring {1}."""
    return 7


def octets():
    b"""No docstring."""
    return 8


def late():
    x = 1
    """Too late."""
    return x


def plus():
    "a" + "b"
    return 9


def commented():
    # A comment before.

    """After a comment."""

    return 10


def empty():
    """"""
    return 11


def quotes():
    """Ends with a quote\""""
    return '"""'


def only():
    """Only a docstring."""


class Attribute:
    '''In a class.'''

    x = 1
    """About x."""

    def method(self):
        """
        On the next line.

            >>> 1 + 1
            2
        """


class Bare:
    y = 2
    "No docstring of the class."

    async def method(self, z):
        return z


def describe(value):
    return f"{value}"


def pause():
    """Pause."""; time.sleep(0.001)


def main():
    pause()
    functions = [single, double, raw, unicode, joined, parenthesised, formatted, octets, late]
    functions += [plus, commented, empty, quotes, only]
    print([function() for function in functions], Attribute().method(), Bare.y, describe(1))


if __name__ == "__main__":
    main()
