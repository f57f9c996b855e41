"""Type hints that are well-formed and contradicted by a use in the same text.

Their structure is fine, so that the gate accepts it; a type checker finds something that it does
not find with ``Any`` in the same places.
"""

from __future__ import annotations

from typing import NamedTuple


class Contradicted(NamedTuple):
    """One edit.

    Attributes:
        before: The text without the hint.
        after: The text with a wrong one.
    """

    before: str
    after: str


def _case(before: str, *hints: tuple[str, str]) -> Contradicted:
    after = before
    for old, new in hints:
        assert old in after, old
        after = after.replace(old, new, 1)
    return Contradicted(before, after)


_CALL = "def double(number):\n    return number * 2\n\n\ndouble({0})\n"
_TEXT = "def shout(text):\n    return text.upper()\n"
_CLASS = (
    "class Base:\n    def size(self, unit):\n        return 1\n\n\n"
    "class Child(Base):\n    def size(self, unit):\n        return 2\n"
)
_USE = "def size(path):\n    return len(path)\n\n\ntotal = size('a') + 1\n"
_BOX = (
    "class Box:\n    def __init__(self, items):\n        self.items = items\n"
    "        self.names = []\n\n"
    "    def first(self):\n        return self.items[0]\n\n"
    "    def add(self, name):\n        self.names.append(name)\n\n\n"
    "box = Box([1, 2])\nbox.add('a')\n"
)
_NONE = (
    "def find(key, values):\n    for each in values:\n        if each == key:\n"
    "            return each\n    return None\n"
)
_GENERATOR = "def count(top):\n    for each in range(top):\n        yield each\n"
_ASYNC = (
    "async def fetch(host):\n    return host.encode()\n\n\n"
    "async def main():\n    data = await fetch('a')\n    data.decode()\n"
)
_KEYWORDS = (
    "def build(*parts, **options):\n    return '/'.join(parts) + str(options['x'])\n\n\n"
    "build('a', x=1)\n"
)
_STAR = "from collections.abc import *\n\n\ndef show(items):\n    return len(items)\n"

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
    _case("def f(a=None):\n    return a\n", ("a=None", "a: int = None")),
    _case("def f(a=''):\n    return a\n", ("a=''", "a: int = ''")),
    _case("import os\n\n\ndef f(a):\n    return os.path.join(a)\n", ("(a)", "(a: int) -> str")),
)
"""Each ``after`` has an error of mypy's that its ``before`` with ``Any`` does not have."""
