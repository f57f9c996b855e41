"""Edits that claim to add only type hints: right ones, and wrong mutants of those.

The gate must refuse each wrong edit, or ask the user if only some programs would change.
"""

from __future__ import annotations

from typing import NamedTuple

from python_expert.actions.add_type_hints.proof import prove
from python_expert.actions.base import Options
from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.source import Source
from python_expert.gate.verdict import Status
from tests.gate.texts import code


class Case(NamedTuple):
    """An edit.

    Attributes:
        name: The edit's name.
        before: The text before.
        after: The text after.
        options: The context of the edit.
    """

    name: str
    before: str
    after: str
    options: Options = Options()


def status(case: Case) -> Status:
    """Return the gate's status for an edit."""
    try:
        before, after = Source.of(case.before), Source.of(case.after)
    except BrokenError:
        return Status.REFUSED
    return prove(before, after, case.options).status


BEFORE = '''\
"""Orders and what they cost."""

import asyncio
import os
import logging
from functools import lru_cache

# Prices are in cents.
RATE = 0x10
LIMIT = 2.0


class Order:
    """An order."""

    kind = "plain"

    def __init__(self, items, owner=None, *, rush=False):
        self.items = items  # kept as they come
        self.notes = []
        self.owner = owner

    @property
    def total(self):
        return sum(self.items) * RATE

    @lru_cache(maxsize=8)
    def price(self, rate=1, *rest, **others):
        if rate > LIMIT and not rest:
            raise ValueError("too much")
        return self.total - rate

    def merge(self, other, first = 0):
        """Take over the items of another."""
        return Order(self.items + other.items)


def load(path, encoding="utf-8"):
    with open(path, encoding=encoding) as stream:
        lines = [int(line) for line in stream]
    global RATE
    RATE = len(lines)  # noqa: F841
    return Order(lines)


def ask(question, again=3):
    while again:
        answer = input(question)
        if answer == "yes":
            return True
        again -= 1
    return False


async def later(order, wait=0.5):
    await asyncio.sleep(wait)
    yield order


check = lambda order: order.total
'''

AFTER = '''\
"""Orders and what they cost."""

import asyncio
import os
import logging
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

# Prices are in cents.
RATE = 0x10
LIMIT = 2.0


class Order:
    """An order."""

    kind: str = "plain"

    def __init__(self, items: list[int], owner: str | None = None, *, rush: bool = False) -> None:
        self.items = items  # kept as they come
        self.notes: list[str] = []
        self.owner = owner

    @property
    def total(self) -> int:
        return sum(self.items) * RATE

    @lru_cache(maxsize=8)
    def price(self, rate: int = 1, *rest: object, **others: Any) -> int:
        if rate > LIMIT and not rest:
            raise ValueError("too much")
        return self.total - rate

    def merge(self, other: "Order", first: int = 0) -> "Order":
        """Take over the items of another."""
        return Order(self.items + other.items)


def load(path: "str | Path", encoding: str = "utf-8") -> Order:
    with open(path, encoding=encoding) as stream:
        lines = [int(line) for line in stream]
    global RATE
    RATE = len(lines)  # noqa: F841
    return Order(lines)


def ask(question: str, again: int = 3) -> bool:
    while again:
        answer = input(question)
        if answer == "yes":
            return True
        again -= 1
    return False


async def later(order: Order, wait: float = 0.5) -> AsyncIterator[Order]:
    await asyncio.sleep(wait)
    yield order


check = lambda order: order.total
'''

_SWAPS = (
    # what the program does
    ("a changed operator", "rate > LIMIT", "rate >= LIMIT"),
    ("another operator", "* RATE", "+ RATE"),
    ("and for or", "and not rest", "or not rest"),
    ("a dropped not", "and not rest", "and rest"),
    ("a swapped subtraction", "self.total - rate", "rate - self.total"),
    ("another return value", "return True", "return 1"),
    ("a return value turned round", "return False", "return True"),
    ("no return value", "    return False\n", "    return\n"),
    ("a dropped return", "    return False\n", ""),
    ("another comparison", 'answer == "yes"', 'answer != "yes"'),
    ("identity for equality", 'answer == "yes"', 'answer is "yes"'),
    ("an augmented assignment changed", "again -= 1", "again += 1"),
    ("an assignment for an augmented one", "again -= 1", "again = -1"),
    ("a dropped await", "await asyncio.sleep", "asyncio.sleep"),
    ("an added call", "    yield order", "    print(order)\n    yield order"),
    ("a dropped line", "        again -= 1\n", ""),
    ("a doubled line", "        again -= 1\n", "        again -= 1\n        again -= 1\n"),
    ("a re-indented line", "        again -= 1\n", "            again -= 1\n"),
    ("another exception", "raise ValueError", "raise TypeError"),
    ("another message", '"too much"', '"too  much"'),
    ("another argument", "encoding=encoding", "encoding=None"),
    ("a dropped argument", "open(path, encoding=encoding)", "open(path)"),
    ("another attribute", "other.items", "other.notes"),
    ("another value", "self.owner = owner", "self.owner = None"),
    ("swapped lines", "    global RATE\n    RATE = len(lines)", "    RATE = len(lines)"),
    ("another comprehension", "[int(line) for", "[len(line) for"),
    ("a set for a list", "[int(line) for line in stream]", "{int(line) for line in stream}"),
    ("a float for an int", "maxsize=8", "maxsize=8.0"),
    ("True for 1", "rate: int = 1", "rate: int = True"),
    ("another number of the same value", "RATE = 0x10", "RATE = 16"),
    ("an int of the same value", "LIMIT = 2.0", "LIMIT = 2"),
    ("another string of the same value", '"utf-8"', "'utf-8'"),
    ("a bytes string", 'kind: str = "plain"', 'kind: str = b"plain"'),
    ("a docstring changed", "Take over the items", "Takes over the items"),
    ("a docstring dropped", '        """Take over the items of another."""\n', ""),
    ("a lambda changed", "lambda order: order.total", "lambda order: order.items"),
    ("a function renamed", "def ask(", "def asks("),
    ("a function made async", "def ask(", "async def ask("),
    ("a sync generator", "async def later", "def later"),
    ("a base class added", "class Order:", "class Order(dict):"),
    # headers
    ("another default", "again: int = 3", "again: int = 4"),
    ("a dropped default", "again: int = 3", "again: int"),
    ("an added default", "question: str,", 'question: str = "",'),
    ("None for a default", 'encoding: str = "utf-8"', "encoding: str | None = None"),
    ("swapped parameters", "question: str, again: int = 3", "again: int, question: str = 3"),
    ("a renamed parameter", "def ask(question: str", "def ask(query: str"),
    ("an added parameter", "again: int = 3)", "again: int = 3, more: int = 0)"),
    ("a dropped parameter", ", first: int = 0", ""),
    ("positional-only parameters", 'other: "Order", first', 'other: "Order", /, first'),
    ("keyword-only parameters", "again: int = 3)", "*, again: int = 3)"),
    ("no more keyword-only", "*, rush: bool", "rush: bool"),
    ("one star more", "*rest: object", "**rest: object"),
    ("a dropped decorator", "    @property\n", ""),
    ("an added decorator", "    def merge", "    @staticmethod\n    def merge"),
    ("another decorator", "@property", "@staticmethod"),
    ("another decorator's argument", "maxsize=8", "maxsize=None"),
    # comments and the rest of the text
    ("a deleted comment", "  # kept as they come", ""),
    ("a changed comment", "# kept as they come", "# kept"),
    ("an added comment", "    return Order(lines)", "    return Order(lines)  # type: ignore"),
    ("a suppressed finding", "        again -= 1", "        again -= 1  # nosec"),
    ("a deleted directive", "  # noqa: F841", ""),
    ("a deleted line of comment", "# Prices are in cents.\n", ""),
    ("a comment in a header", "def ask(question: str,", "def ask(question: str,  # new\n   "),
    (
        "a semicolon",
        "    await asyncio.sleep(wait)\n    yield",
        "    await asyncio.sleep(wait); yield",
    ),
    # annotations that do something
    ("a call", "again: int = 3", "again: print() = 3"),
    ("a call of a class", "again: int = 3", "again: int() = 3"),
    ("a call in a subscript", "items: list[int]", "items: list[exit()]"),
    ("a call in quotes", "question: str", 'question: "print()"'),
    ("a call in Literal", "again: int = 3", "again: Literal[print()] = 3"),
    ("an import in an annotation", "again: int = 3", 'again: __import__("os") = 3'),
    ("a walrus", "again: int = 3", "again: (RATE := int) = 3"),
    ("a walrus in a subscript", "items: list[int]", "items: list[(RATE := int)]"),
    ("a lambda in an annotation", "again: int = 3", "again: (lambda: 0) = 3"),
    ("a comprehension", "again: int = 3", "again: [x for x in os.sys.path] = 3"),
    ("a conditional", "again: int = 3", "again: (int if RATE else str) = 3"),
    ("an addition", "again: int = 3", "again: int + str = 3"),
    ("an and", "again: int = 3", "again: int and str = 3"),
    ("a number", "again: int = 3", "again: 3 = 3"),
    ("a list", "again: int = 3", "again: [int] = 3"),
    ("a bare tuple", "-> bool:", "-> (bool, int):"),
    ("a dict", "again: int = 3", "again: {int: str} = 3"),
    ("an f-string", "question: str", 'question: f"{exit()}"'),
    ("a comparison", "again: int = 3", "again: int < str = 3"),
    ("Annotated with a call", "again: int = 3", "again: Annotated[int, exit()] = 3"),
    ("an attribute of a call", "again: int = 3", "again: open().x = 3"),
    ("quotes that do not parse", "question: str", 'question: "list["'),
    # names
    ("an unquoted enclosing class", 'other: "Order"', "other: Order"),
    ("an unquoted return of the enclosing class", '-> "Order"', "-> Order"),
    ("an unquoted name for checkers alone", '"str | Path"', "str | Path"),
    ("a name that is not there", "question: str", "question: Question"),
    ("a quoted name that is not there", "question: str", 'question: "Question"'),
    ("a function as a type", "order: Order, wait", "order: ask, wait"),
    ("a quoted function as a type", "order: Order, wait", 'order: "ask", wait'),
    ("a built-in function", "question: str", "question: print"),
    ("a name of a builtin that is a value", "question: str", "question: NotImplemented"),
    ("an attribute nobody knows", "question: str", "question: logging.Loger"),
    ("a quoted operand", 'path: "str | Path"', 'path: str | "Path"'),
    ("None or None", "question: str", "question: None | None"),
    ("a subscript of a plain class", "order: Order, wait", "order: Order[int], wait"),
    ("a subscript of int", "again: int = 3", "again: int[str] = 3"),
    ("a value as a type in a union", "again: int = 3", "again: int | RATE = 3"),
    ("the module's name", "question: str", "question: check | None"),
    ("ClassVar in a header", "question: str", "question: ClassVar[str]"),
    (
        "an import with side effects",
        "import logging\n",
        code("""
        import logging
        import antigravity
        """),
    ),
    (
        "an unknown module",
        "import logging\n",
        code("""
        import logging
        import evil
        """),
    ),
    (
        "a class from elsewhere",
        "import logging\n",
        code("""
        import logging
        from evil import Any2
        """),
    ),
    ("a star", "from typing import TYPE_CHECKING, Any", "from typing import *"),
    (
        "a shadowed name",
        "from typing import TYPE_CHECKING, Any",
        "from typing import TYPE_CHECKING, Any, List as Order",
    ),
    (
        "a shadowed built-in",
        "from typing import TYPE_CHECKING, Any",
        "from typing import TYPE_CHECKING, Any, List as list",
    ),
    (
        "a hook of the module",
        "from typing import TYPE_CHECKING, Any",
        "from typing import TYPE_CHECKING, Any, List as __getattr__",
    ),
    (
        "a name that others may look for",
        "from typing import TYPE_CHECKING, Any",
        "from typing import TYPE_CHECKING, Any, List as pytest_plugins",
    ),
    (
        "a shadowed module",
        "from typing import TYPE_CHECKING, Any",
        "from typing import TYPE_CHECKING, Any, List as os",
    ),
    (
        "a shadowed local name",
        "from typing import TYPE_CHECKING, Any",
        "from typing import TYPE_CHECKING, Any, List as answer",
    ),
    (
        "a name that typing does not have",
        "from typing import TYPE_CHECKING, Any",
        "from typing import TYPE_CHECKING, Any, NoSuchThing",
    ),
    (
        "a shadowed name under TYPE_CHECKING",
        "    from pathlib import Path\n",
        "    from pathlib import Path\n    from evil import lru_cache\n",
    ),
    ("a statement under TYPE_CHECKING", "    from pathlib import Path\n", "    RATE = 3\n"),
    (
        "an else",
        "    from pathlib import Path\n",
        code("""
                from pathlib import Path
            else:
                import evil
            """),
    ),
    (
        "another condition",
        "if TYPE_CHECKING:\n",
        "if not TYPE_CHECKING:\n",
    ),
    ("a condition that is true", "if TYPE_CHECKING:\n", "if True:\n"),
    (
        "TYPE_CHECKING of another",
        "import TYPE_CHECKING, Any",
        "import Any, Literal as TYPE_CHECKING",
    ),
    ("TYPE_CHECKING not imported", "import TYPE_CHECKING, Any", "import Any"),
    ("a class imported at run time", "if TYPE_CHECKING:\n    from", "from"),
    ("a removed import", "import os\n", ""),
    (
        "swapped imports",
        code("""
        import os
        import logging
        """),
        code("""
        import logging
        import os
        """),
    ),
    ("an import renamed", "import os\n", "import os as _os\n"),
    ("a name removed from an import", "import lru_cache", "import cache as lru_cache"),
    ("an import before the docstring", '"""Orders and', 'import typing\n"""Orders and'),
    (
        "an import in a function",
        '    """Take over',
        '    import typing\n        """Take over',
    ),
    (
        "a future that changes strings",
        "import os\n",
        code("""
            from __future__ import barry_as_FLUFL
            import os
            """),
    ),
    (
        "a late future",
        "import os\n",
        code("""
        import os
        from __future__ import annotations
        """),
    ),
    ("a docstring in front", '"""Orders and what they cost."""\n', ""),
    # variables
    ("a bare local annotation", "    while again:", "    answer: str\n    while again:"),
    ("a bare global made local", "    await asyncio", "    RATE: int\n    await asyncio"),
    (
        "a bare annotation in a class",
        '    kind: str = "plain"',
        '    kind: str = "plain"\n    x: int',
    ),
    ("a bare module annotation", "RATE = 0x10", "SIZE: int\nRATE = 0x10"),
    ("a value instead of an annotation", "self.notes: list[str] = []", "self.notes: list[str]"),
    ("an annotated global", "    RATE = len(lines)", "    RATE: int = len(lines)"),
    ("another value for an attribute", "self.notes: list[str] = []", "self.notes: list[str] = [0]"),
    ("Final in a class", 'kind: str = "plain"', 'kind: Final = "plain"'),
)


def _in(name: str, before: str, after: str, python: tuple[int, int] = (3, 11)) -> Case:
    return Case(name, before, after, Options(python=python))


_D = code("""
    from dataclasses import dataclass


    @dataclass
    class P:
        x: int
        y = 3
    """)
_N = code("""
    from typing import NamedTuple


    class P(NamedTuple):
        x: int = 0
        y = 3
    """)
_M = code("""
    from pydantic import BaseModel


    class P(BaseModel):
        x: int = 0
        y = 3
    """)
_ROUTE = code("""
        from fastapi import FastAPI

        app = FastAPI()


        @app.get('/')
        def f(a=1):
            return a
        """)
_CLI = code("""
    import typer

    app = typer.Typer()


    @app.command()
    def f(a=1):
        pass
    """)
_SINGLE = code("""
        from functools import singledispatch


        @singledispatch
        def f(a):
            pass


        @f.register
        def g(a):
            pass
        """)
_HINTED = code("""
    def f(a: int, b=1) -> int:
        return a
    """)
_FUTURE = "from __future__ import annotations\n"
_LOOKUP = code("""
    import typing


    def f(a):
        return typing.get_type_hints(f)
    """)
_DEPENDS = code("""
        from fastapi import Depends


        def get(x=1):
            return x


        def f(y=Depends(get)):
            pass
        """)
_BROKEN = code("""
    def f(a):
        return a


    x = = 3
    """)
_METHOD = code("""
        class A:
            def list(self):
                return []

            def f(self, a):
                return a
        """)
_TWICE = code("""
    def f(a):
        return a


    def f(a, b):
        return b
    """)
_CLASSES = code("""
    def f(a):
        return a


    class B:
        pass
    """)
_TRY = code("""
    try:
        from x import Y
    except ImportError:
        Y = None


    def f(a):
        return a
    """)
_FLAG = code("""
    TYPE_CHECKING = True


    def f(a):
        return a
    """)
_SLOTS = code("""
    def f(a):
        def g(b):
            return b
        class L:
            pass
        return g
    """)

_SUPPRESS = code("""
        from contextlib import suppress

        with suppress(ImportError):
            from x import Y


        def f(a):
            return a
        """)
_UNKNOWN = code("""
    from x import Y


    class P(Y):
        x: int = 0
        y = 3
    """)

_FAILING = (
    ("the class of a module", "", "__class__"),
    ("Generic with a type", "from typing import Generic\n", "Generic[int]"),
    ("Protocol with a type", "from typing import Protocol\n", "Protocol[int]"),
    ("Concatenate of types", "from typing import Concatenate\n", "Concatenate[int]"),
    ("a generator of one type", "from typing import Generator\n", "Generator[int]"),
    ("a quoted blank", "from typing import Optional\n", "Optional[' int']"),
    ("dots in Optional", "from typing import Optional\n", "Optional[...]"),
    ("a list in Union", "from typing import Union\n", "Union[[int], str]"),
    ("dots in front", "from typing import Tuple\n", "Tuple[..., int]"),
    ("a form alone", "from typing import List, Optional\n", "List[Optional]"),
    ("a function like a class", "from threading import Lock\n", "Lock | None"),
    (
        "a function of a package",
        code("""
        import numpy
        x = numpy.array(1)
        """),
        "numpy.array | None",
    ),
    ("an imported function", "from numpy import array\n", "array | None"),
    ("an imported constant", "from x import LIMIT\n", "LIMIT | None"),
    ("an imported module", "import os\n", "os | None"),
    ("a function of typing", "from typing import cast\n", "cast | None"),
    ("NamedTuple in a union", "from typing import NamedTuple\n", "NamedTuple | None"),
    ("a flag in a union", "from typing import TYPE_CHECKING\n", "TYPE_CHECKING | None"),
    ("a result in a union", "X = make()\n", "X | None"),
    ("a sum in a union", "X = 1 + 2\n", "X | None"),
    (
        "an alias in quotes",
        code("""
        from typing import TypeAlias
        X: TypeAlias = 'int'
        """),
        "X | None",
    ),
    (
        "a subscript of a local",
        code("""
        from x import Y
        def g(Y): return Y[0]
        """),
        "Y[int]",
    ),
    (
        "an attribute seen later",
        code("""
        import x.y
        def g(): return x.y.Z()
        """),
        "x.y.Z",
    ),
    ("another module of a package", "import urllib.parse\n", "urllib.request.Request"),
    ("a package alone", "import xml\n", "xml.etree.ElementTree.Element"),
    ("a class that is no more generic", "class A(List[int]): pass\n", "A[int]"),
    (
        "a class with fewer parameters",
        code("""
            from typing import Generic, TypeVar
            T = TypeVar('T')
            class A(Generic[T]): pass
            """),
        "A[int, str]",
    ),
    ("ClassVar with a dot", "import typing\n", "typing.ClassVar[int]"),
    ("Annotated by another name", "from typing import Annotated as A\n", "A[int]"),
    (
        "a name deleted in a branch",
        code("""
        from x import Y
        if Y:
            del Y
        """),
        "Y",
    ),
    ("a built-in hidden by :=", "if (list := g()): pass\n", "list[int]"),
    (
        "a built-in hidden by a pattern",
        code("""
        match g():
            case [list]: pass
        """),
        "list[int]",
    ),
    (
        "a name that except deletes",
        code("""
        class E: pass
        try: g()
        except E as E: pass
        """),
        "E",
    ),
    (
        "a global that others delete",
        code("""
        class A: pass
        def g():
            global A
            del A
        """),
        "A",
    ),
)
"""Types whose evaluation raises an error, or may raise one."""

_PLAIN = code("""
    def f(a):
        return a
    """)
_EVALUATED = tuple(
    _in(f"{name}, evaluated", start + _PLAIN, start + _PLAIN.replace("(a)", f"(a: {hint})"))
    for name, start, hint in _FAILING
)

_LISTED = code("""
    class A:
        x = 1


    class B(A): ...


    NAMES = sorted(vars(A))
    """)
_OWN_NAMES = code("""
    class A:
        x = 1

        def f(self):
            return type(self).__dict__
    """)
_VALUES = code("""
    class A:
        x = 1

        def f(self):
            return vars(self)
    """)
_STAR = code("""
    from decimal import *
    def f(a):
        return a
    """)
OTHER_WRONG = (
    *_EVALUATED,
    _in("a name from an import of *, evaluated", _STAR, _STAR.replace("(a)", "(a: Decimal)")),
    _in("a newer built-in", _PLAIN, _PLAIN.replace("(a)", "(a: EncodingWarning)"), (3, 9)),
    _in(
        "a future of one's own",
        "from .__future__ import annotations\n" + _CLASSES,
        "from .__future__ import annotations\n" + _CLASSES.replace("(a)", "(a: B)"),
    ),
    _in(
        "what warns when it is imported",
        _PLAIN,
        "from collections.abc import ByteString\n" + _PLAIN.replace("(a)", "(a: ByteString)"),
    ),
    _in("a name whose import may be suppressed", _SUPPRESS, _SUPPRESS.replace("(a)", "(a: Y)")),
    _in("strings for who knows whom", _UNKNOWN, _FUTURE + _UNKNOWN),
    _in("a field of who knows whom", _UNKNOWN, _UNKNOWN.replace("y =", "y: int =")),
    _in("a dataclass field", _D, _D.replace("y =", "y: int =")),
    _in("a NamedTuple field", _N, _N.replace("y =", "y: int =")),
    _in("a pydantic field", _M, _M.replace("y =", "y: int =")),
    _in("strings for pydantic", _M, _FUTURE + _M),
    _in("strings for a dataclass", _D, _FUTURE + _D),
    _in("strings for a route", _ROUTE, _FUTURE + _ROUTE),
    _in("strings for a command", _CLI, _FUTURE + _CLI),
    _in("strings for who looks them up", _LOOKUP, _FUTURE + _LOOKUP),
    _in("a route", _ROUTE, _ROUTE.replace("a=1", "a: int = 1")),
    _in("a route's result", _ROUTE, _ROUTE.replace("):\n", ") -> int:\n")),
    _in("a command", _CLI, _CLI.replace("a=1", "a: int = 1")),
    _in("a registered function", _SINGLE, _SINGLE.replace("g(a)", "g(a: int)")),
    _in("a dependency", _DEPENDS, _DEPENDS.replace("x=1", "x: int = 1")),
    _in("a function that looks hints up", _LOOKUP, _LOOKUP.replace("f(a)", "f(a: int)")),
    _in("a removed hint", _HINTED, _HINTED.replace("a: int", "a")),
    _in("a removed return", _HINTED, _HINTED.replace(" -> int", "")),
    _in("a changed hint", _HINTED, _HINTED.replace("a: int", "a: str")),
    _in("a widened hint", _HINTED, _HINTED.replace("a: int", "a: int | None")),
    _in("a quoted hint", _HINTED, _HINTED.replace("a: int", 'a: "int"')),
    _in("a changed return", _HINTED, _HINTED.replace("-> int", "-> str")),
    _in("a changed broken line", _BROKEN, _BROKEN.replace("= = 3", "= = 4")),
    _in("a broken line repaired", _BROKEN, _BROKEN.replace("= = 3", "= 3")),
    _in("new syntax on an old Python", _TWICE, _TWICE.replace("a, b", "a: int | None, b"), (3, 9)),
    _in("new generics on an old Python", _TWICE, _TWICE.replace("a, b", "a: list[int], b"), (3, 8)),
    _in(
        "a name of a newer Python",
        _TWICE,
        "from typing import Self\n" + _TWICE.replace("a, b", "a: Self, b"),
        (3, 10),
    ),
    _in(
        "a method that hides a type",
        _METHOD,
        _METHOD.replace("f(self, a)", "f(self, a: list[int])"),
    ),
    _in("a class that comes later", _CLASSES, _CLASSES.replace("(a)", "(a: B)")),
    _in("a class of a later line in a union", _CLASSES, _CLASSES.replace("(a)", "(a: B | None)")),
    _in("a name that may be None", _TRY, _TRY.replace("(a)", "(a: Y | None)")),
    _in("a local class that comes later", _SLOTS, _SLOTS.replace("g(b)", "g(b: L)")),
    _in(
        "a TYPE_CHECKING that is true",
        _FLAG,
        _FLAG.replace(
            "True\n",
            code("""
            True

            if TYPE_CHECKING:
                from evil import X
            """),
        ),
    ),
    _in("another function of the name", _TWICE, _TWICE.replace("f(a, b)", "f(b, a)")),
    _in(
        "an argument of Optional too many",
        _TWICE,
        "from typing import Optional\n" + _TWICE.replace("(a)", "(a: Optional[int, str])"),
    ),
    _in(
        "Callable without a list",
        _TWICE,
        "from collections.abc import Callable\n" + _TWICE.replace("(a)", "(a: Callable[int])"),
    ),
    _in("nothing left", BEFORE, ""),
    _in(
        "a line end within a string",
        code("""
            x = 'a'


            def f(a): ...
            """),
        code(r"""
            x = 'a\n'


            def f(a: int): ...
            """),
    ),
)

_COOKIE = (
    code("""
    # coding: ascii
    from typing import Literal


    """)
    + _PLAIN
)
_LOADED = (
    code("""
    import gevent

    gevent.patch()
    import ssl


    """)
    + _PLAIN
)
_EXEC = code("""
    def g(a: int): ...


    exec('def f(a: int): ...')
    """)
_REGISTRY = (
    code("""
    import pathlib


    """)
    + _PLAIN
    + "\n\nALL = list(globals().values())\n"
)
_MADE = code("""
    from dataclasses import dataclass


    class P:
        x: int
        y = 3


    dataclass(P)
    """)
_MIXED = code("""
        from pydantic import BaseModel


        class M:
            y = 3


        class P(M, BaseModel):
            x: int = 0
        """)


def _hinted(before: str, hint: str) -> str:
    return before.replace("(a)", f"(a: {hint})")


_GONE = code("""
    class T: pass


    def g():
        def f(a): ...
        return f


    del T
    """)
_MANGLED = code("""
    class __T: pass


    class C:
        def f(self, a): ...
    """)
_ALWAYS = code("""
    import typing

    typing.TYPE_CHECKING = True
    """)
_REBOUND = {
    ":=": code("""
        TYPE_CHECKING = False
        (TYPE_CHECKING := True)
        """),
    "global": (
        code("""
            def f():
                global TYPE_CHECKING
                TYPE_CHECKING = True


            TYPE_CHECKING = False
            f()
            """)
    ),
}
_EMPTY = code("""
    import os

    for T in ():
        pass
    else:
        def f(a): ...
    """)
_UNBOUND = code("""
    class T: pass


    def g():
        def f(a): ...
        T: int
    """)
_CAUGHT = code("""
    def g():
        try: h()
        except E as int: pass
        def f(a): ...
    """)
_DECLARED = code("""
    from x import T


    class C:
        T: T
        def f(self, a): ...
    """)
_HEIRS = code("""
        class B:
            def __init_subclass__(cls):
                register(cls)


        class C(B):
            y = 3
        """)
_MAPPED = code("""
    import inspect


    def f(a): ...


    SIGNATURES = map(inspect.signature, [f])
    """)

OTHER_WRONG += (
    _in("a name deleted before a function runs", _GONE, _hinted(_GONE, "T")),
    _in("a name that is mangled", _MANGLED, _MANGLED.replace("a)", "a: __T)")),
    _in(
        "a TYPE_CHECKING made true",
        _ALWAYS,
        _ALWAYS
        + code("""
            if typing.TYPE_CHECKING:
                import evil
            """),
    ),
    *(
        _in(
            f"a TYPE_CHECKING made true by {way}",
            before,
            before
            + code("""
                if TYPE_CHECKING:
                    import evil
                """),
        )
        for way, before in _REBOUND.items()
    ),
    _in("a variable of a loop that may not run", _EMPTY, _hinted(_EMPTY, "T")),
    _in("a local name without a value", _UNBOUND, _hinted(_UNBOUND, "T")),
    _in("a built-in hidden by except", _CAUGHT, _hinted(_CAUGHT, "'int'")),
    _in("a class hidden by a field of its name", _DECLARED, _DECLARED.replace("a)", "a: T)")),
    _in("a field of who knows which heir", _HEIRS, _HEIRS.replace("y =", "y: int =")),
    _in("a signature looked up for all", _MAPPED, _hinted(_MAPPED, "int")),
    _in("other line ends", _PLAIN, _hinted(_PLAIN, "int").replace("\n", "\r\n")),
    _in("a hidden direction", _COOKIE, _hinted(_COOKIE, "Literal['\u202e']")),
    _in("what the encoding lacks", _COOKIE, _hinted(_COOKIE, "Literal['\u00e9']")),
    _in(
        "an import before the encoding",
        _COOKIE,
        "from typing import Any\n" + _hinted(_COOKIE, "Any"),
    ),
    _in(
        "an import before the one that was there",
        _LOADED,
        "from ssl import SSLContext\n" + _hinted(_LOADED, "SSLContext"),
    ),
    _in("strings in code that is compiled", _EXEC, _FUTURE + _EXEC),
    _in(
        "a name in a registry of all",
        _REGISTRY,
        _hinted(_REGISTRY, "Path").replace(
            "lib\n",
            code("""
            lib
            from pathlib import Path
            """),
            1,
        ),
    ),
    _in("a field of a dataclass made later", _MADE, _MADE.replace("y =", "y: int =")),
    _in("a field of a model's mixin", _MIXED, _MIXED.replace("y =", "y: int =")),
    _in("a field of a class whose names are listed", _LISTED, _LISTED.replace("x =", "x: int =")),
    _in("a field of a class with its names", _OWN_NAMES, _OWN_NAMES.replace("x =", "x: int =")),
)

_LONG = code("""
    def total(first, second):
        return first + second
    """)
_OUTER = code("""
        class T: pass


        def f():
            T = 1
            def g():
                global T
                def h(a): ...
                return h
            return T, g
        """)
_ELSEWHERE = (
    code("""
    class T: pass


    def g():
        try: h()
        except E as T: pass


    """)
    + _PLAIN
)
_EMACS = "# -*- coding: utf-8-unix -*-\n" + _PLAIN
RIGHT = (
    Case("an editor's name for UTF-8", _EMACS, _hinted(_EMACS, "int")),
    Case("a global behind a local name", _OUTER, _hinted(_OUTER, "T")),
    Case("a class whose name another scope binds", _ELSEWHERE, _hinted(_ELSEWHERE, "T")),
    Case("all of it", BEFORE, AFTER),
    Case("nothing", BEFORE, BEFORE),
    Case("a field of a class with values", _VALUES, _VALUES.replace("x =", "x: int =")),
    *(
        Case(f"without {hint}", BEFORE, AFTER.replace(hint, instead))
        for hint, instead in (
            ("question: str", "question"),
            (" -> bool", ""),
            ("again: int = 3", "again=3"),
            ("kind: str =", "kind ="),
            ("self.notes: list[str]", "self.notes"),
            ('other: "Order"', "other"),
            ("items: list[int]", 'items: "list[int]"'),
            ("*rest: object", "*rest: int | str"),
            ("-> int:\n        return sum", '-> "int | Any":\n        return sum'),
        )
    ),
    Case(
        "strings all over",
        BEFORE,
        AFTER.replace("\n\nimport a", "\n\nfrom __future__ import annotations\nimport a", 1)
        .replace('"Order"', "Order")
        .replace('"str | Path"', "str | Path"),
    ),
    Case(
        "wrapped by a formatter",
        _LONG,
        code("""
            def total(
                first: int,
                second: int,
            ) -> int:
                return first + second
            """),
    ),
    Case(
        "carriage returns",
        _LONG.replace("\n", "\r\n"),
        _LONG.replace("(first, second)", "(first: int, second: int) -> int").replace("\n", "\r\n"),
    ),
    Case("a broken line elsewhere", _BROKEN, _BROKEN.replace("(a)", "(a: int)")),
    Case(
        "an old Python's spelling",
        _TWICE,
        "from typing import List, Optional\n" + _TWICE.replace("(a)", "(a: Optional[List[int]])"),
        Options(python=(3, 8)),
    ),
    Case("a forward reference", _CLASSES, _CLASSES.replace("(a)", '(a: "B")')),
    Case("a nested function", _SLOTS, _SLOTS.replace("g(b)", "g(b: int)")),
    Case(
        "a method of a dataclass",
        _D + "\n    def f(self, a): ...\n",
        _D + "\n    def f(self, a: int) -> None: ...\n",
    ),
    Case(
        "a plain function by a model",
        _M + "\n\ndef f(a): ...\n",
        _M + "\n\ndef f(a: P) -> None: ...\n",
    ),
    Case(
        "a function by a route",
        _ROUTE + "\n\ndef g(a): ...\n",
        _ROUTE + "\n\ndef g(a: int) -> None: ...\n",
    ),
    Case(
        "a stub",
        "def f(a): ...\n",
        code("""
            from x import Y
            def f(a: Y[int]) -> B: ...
            class B: ...
            """)
        .replace("class B: ...\n", "")
        .replace(" -> B", ""),
        Options(path="a.pyi"),
    ),
    Case(
        "a module with an own flag",
        _FLAG.replace("True", "False"),
        _FLAG.replace(
            "True\n",
            code("""
                False

                if TYPE_CHECKING:
                    from fractions import Fraction
                """),
        ).replace("(a)", '(a: "Fraction")'),
    ),
    Case(
        "a fixture",
        code("""
            import pytest


            @pytest.fixture
            def f(a): ...
            """),
        code("""
            import pytest


            @pytest.fixture
            def f(a: int) -> None: ...
            """),
    ),
    Case(
        "a known class of a known module",
        code("""
            import pathlib


            def f(a): ...
            """),
        code("""
            import pathlib


            def f(a: pathlib.Path) -> None: ...
            """),
    ),
    Case(
        "a class next to one that is imported",
        code("""
            from pathlib import PurePath


            def f(a): ...
            """),
        code("""
            from pathlib import Path, PurePath


            def f(a: Path | None) -> None: ...
            """),
    ),
    Case(
        "a literal",
        code("""
            from typing import Literal


            def f(a='r'): ...
            """),
        code("""
            from typing import Literal


            def f(a: Literal['r', 'w', -1, None] = 'r') -> None: ...
            """),
    ),
    Case(
        "a local variable with a value",
        code("""
            def f():
                x = []
                return x
            """),
        code("""
            def f() -> list[int]:
                x: list[int] = []
                return x
            """),
    ),
    Case(
        "a callable",
        code("""
            from collections.abc import Callable


            def f(a): ...
            """),
        code("""
            from collections.abc import Callable


            def f(a: Callable[[int, str], None] | Callable[..., int]) -> None: ...
            """),
    ),
    Case("one line", "def f(a, b = 1): return a\n", "def f(a: int, b: int = 1) -> int: return a\n"),
    Case(
        "a form feed",
        "import os\n\f\ndef f(a): ...\n",
        "import os\n\f\ndef f(a: int) -> None: ...\n",
    ),
)


def wrong() -> list[Case]:
    """Return all edits that the gate must not accept.

    Raises:
        AssertionError: A mutation does not change the text.
    """
    mutated = [Case(name, BEFORE, AFTER.replace(old, new, 1)) for name, old, new in _SWAPS]
    cases = [*mutated, *OTHER_WRONG]
    unchanged = [case.name for case in cases if case.after in {AFTER, case.before}]
    assert not unchanged, unchanged
    return cases


def counts() -> tuple[int, int]:
    """Return how many wrong edits are not accepted, and how many right ones are."""
    refused = sum(status(case) is not Status.ACCEPTED for case in wrong())
    return refused, sum(status(case) is Status.ACCEPTED for case in RIGHT)
