"""Edits with well-formed type hints that a use in the same text contradicts.

The gate accepts their structure. A type checker finds an error that it does not find with ``Any``
in the same places.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.gate.texts import code


class Contradicted(NamedTuple):
    """An edit with a wrong hint.

    Attributes:
        before: The text without the hint.
        after: The text with the wrong hint.
    """

    before: str
    after: str


def _case(before: str, *hints: tuple[str, str]) -> Contradicted:
    after = before
    for old, new in hints:
        assert old in after, old
        after = after.replace(old, new, 1)
    return Contradicted(before, after)


_CALL = code("""
    def double(number):
        return number * 2


    double({0})
    """)
_TEXT = code("""
    def shout(text):
        return text.upper()
    """)
_CLASS = code("""
        class Base:
            def size(self, unit):
                return 1


        class Child(Base):
            def size(self, unit):
                return 2
        """)
_USE = code("""
    def size(path):
        return len(path)


    total = size('a') + 1
    """)
_BOX = code("""
        class Box:
            def __init__(self, items):
                self.items = items
                self.names = []

            def first(self):
                return self.items[0]

            def add(self, name):
                self.names.append(name)


        box = Box([1, 2])
        box.add('a')
        """)
_NONE = code("""
        def find(key, values):
            for each in values:
                if each == key:
                    return each
            return None
        """)
_GENERATOR = code("""
    def count(top):
        for each in range(top):
            yield each
    """)
_ASYNC = code("""
        async def fetch(host):
            return host.encode()


        async def main():
            data = await fetch('a')
            data.decode()
        """)
_KEYWORDS = code("""
        def build(*parts, **options):
            return '/'.join(parts) + str(options['x'])


        build('a', x=1)
        """)
_STAR = code("""
    from collections.abc import *


    def show(items):
        return len(items)
    """)

CASES = (
    _case(_STAR, ("(items)", '(items: "Itemz")')),
    _case(_CALL.format("'a'"), ("number", "number: int")),
    _case(_CALL.format("2"), ("number", "number: str")),
    _case(_CALL.format("2.5"), ("number", "number: int")),
    _case(_CALL.format("None"), ("number", "number: int")),
    _case(_CALL.format("number='a'"), ("number", "number: int")),
    _case(_CALL.format("b'a'"), ("number", "number: str")),
    _case(_TEXT, ("text", "text: int")),
    _case(_TEXT, ("text", "text: list[str]")),
    _case(_TEXT, ("text", "text: str | None")),
    _case(_TEXT, ("(text)", "(text: str) -> int")),
    _case(_TEXT, ("(text)", "(text: str) -> None")),
    _case(_TEXT, ("(text)", "(text: bytes) -> str")),
    _case(_CLASS, ("unit):\n        return 2", "unit: str) -> str:\n        return 2")),
    _case(
        _CLASS,
        ("unit):\n        return 1", "unit: str) -> int:\n        return 1"),
        ("unit):\n        return 2", "unit: int) -> int:\n        return 2"),
    ),
    _case(
        _CLASS,
        ("unit):\n        return 1", "unit: str) -> int:\n        return 1"),
        ("unit):\n        return 2", "unit: str) -> object:\n        return 2"),
    ),
    _case(_USE, ("(path)", "(path: int) -> int")),
    _case(_USE, ("(path)", "(path: str) -> str")),
    _case(_USE, ("(path)", "(path: bytes) -> int")),
    _case(_USE, ("(path)", "(path: str) -> None")),
    _case(_USE, ("(path)", "(path: str) -> int | None")),
    _case(_BOX, ("items)", "items: list[str])")),
    _case(_BOX, ("items)", "items: int)"), ("first(self)", "first(self) -> int")),
    _case(_BOX, ("items)", "items: list[int])"), ("first(self)", "first(self) -> str")),
    _case(_BOX, ("add(self, name)", "add(self, name: int) -> None")),
    _case(
        _BOX,
        ("self.names = []", "self.names: list[int] = []"),
        ("add(self, name)", "add(self, name: str) -> None"),
    ),
    _case(_NONE, ("(key, values)", "(key: str, values: list[str]) -> str")),
    _case(_NONE, ("(key, values)", "(key: str, values: int) -> str | None")),
    _case(_GENERATOR, ("(top)", "(top: int) -> list[int]")),
    _case(_GENERATOR, ("(top)", "(top: str) -> object")),
    _case(_GENERATOR, ("(top)", "(top: int) -> int")),
    _case(_ASYNC, ("(host)", "(host: str) -> str"), ("main()", "main() -> None")),
    _case(_ASYNC, ("(host)", "(host: int) -> bytes"), ("main()", "main() -> None")),
    _case(_KEYWORDS, ("*parts", "*parts: int")),
    _case(_KEYWORDS, ("*parts, **options", "*parts: str, **options: str")),
    _case(
        code("""
        def f(a=None):
            return a
        """),
        ("a=None", "a: int = None"),
    ),
    _case(
        code("""
        def f(a=''):
            return a
        """),
        ("a=''", "a: int = ''"),
    ),
    _case(
        code("""
        import os


        def f(a):
            return os.path.join(a)
        """),
        ("(a)", "(a: int) -> str"),
    ),
)
"""Each ``after`` has a mypy error that its ``before`` with ``Any`` does not have."""
