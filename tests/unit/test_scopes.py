"""The resolver agrees with Python's symbol table about every name, in any program."""

from __future__ import annotations

import ast
import sys
import sysconfig
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_expert.analysis.crosscheck import disagreements
from python_expert.analysis.scopes import Scopes
from python_expert.text.decoding import readable
from tests.scale import LONG

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from random import Random

LIBRARY = Path(sysconfig.get_path("stdlib"))
HARD = ("type_params", "type_aliases", "patma", "except_star", "grammar", "scope", "named_expr*")
"""Topics of Python's own tests that contain the rarest forms; not every Python includes them."""

LIMITS = {
    "test_super.py": {"__class__"},  # bound at the top level and in classes
    "test_named_expressions.py": {"__x1", "_Foo__x1"},  # one name in two spellings
}
"""Names of the library that the resolver gets wrong; a proof about them would not be valid."""

SHARES = 8


def files() -> list[Path]:
    """Return modules of the library: all of it in a long run, else its top level and rare forms."""
    if LONG:
        every = LIBRARY.rglob("*.py")
        return sorted(path for path in every if "site-packages" not in path.parts)
    hard = (path for name in HARD for path in LIBRARY.glob(f"test/test_{name}.py"))
    return [*sorted(LIBRARY.glob("*.py")), *sorted(LIBRARY.glob("asyncio/*.py")), *hard]


def compiles(text: str) -> bool:
    """Return whether a text is a valid program; some of the library's samples are not."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<text>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def faults(text: str, limits: AbstractSet[str] = frozenset()) -> list[str]:
    """Return what is wrong with the scopes of a program, except for some names."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    scopes = Scopes(tree)
    without = {*ast.walk(tree)} - scopes.scopes.keys()
    return [
        *(f"no scope: {ast.dump(each)[:80]}" for each in without),
        *(
            f"line {line + 1}: {name}"
            for name, line in disagreements(scopes, text)
            if name not in limits
        ),
    ]


@pytest.mark.long
@pytest.mark.parametrize("first", range(SHARES))
def test_python_agrees_about_every_name_of_the_standard_library(first: int) -> None:
    texts = ((path, readable(path.read_bytes())) for path in files()[first::SHARES])
    found = {
        path: faults(text, LIMITS.get(path.name, frozenset()))
        for path, text in texts
        if compiles(text)
    }
    assert found
    assert not {path: wrong for path, wrong in found.items() if wrong}


RARE = {
    (3, 11): """
try: f()
except* (A, B) as e: pass
match x:
    case [a, *b] | {"k": a, **b} if (c := a): pass
    case A(b=1) as d: pass
class A(B, metaclass=C): x: int = (lambda y=x, *z, k=x: (yield))
async def f(a, /, b: a = 1, *c, d=a, **e) -> b:
    async with x as (y, z): [i async for i in (await j for j in k) if i]
    async for y.z in x: del y[z]
f"{x!r:>{y}}"
""",
    (3, 12): """
type X = int
type Y[T: X, *Ts, **P] = dict[T, [j for j in X if (lambda: (T, j))]]
class A[T: (int, str)](B[T], c=T):
    type Z = T
    def f[U: T](self, x: U = X, *y: T, **z: P.kwargs) -> [U for U in T]: return T, U
@d(lambda: T)
async def f[**P](*x: P.args): nonlocal_ = P
""",
    (3, 13): """
type X[T = int, *Ts = *tuple[int], **P = [T]] = T
class A[T: int = bool]: pass
def f[T = A[T]](x: T): pass
""",
    (3, 14): """
t"{x!r:>{y}}{(z := x)}"
try: f()
except A, B: pass
""",
    (3, 15): """
[*x for x in y]
{**x for x in y}
{*x for x in y}
(*x for x in y)
""",
}
"""The rarest forms of each Python."""


@pytest.mark.parametrize("python", RARE, ids=str)
def test_python_agrees_about_the_rarest_forms(python: tuple[int, int]) -> None:
    if sys.version_info < python:
        pytest.skip(f"Python before {'.'.join(map(str, python))} cannot parse it")
    text = RARE[python]
    if sys.version_info < (3, 13):  # the version that allows comprehensions there
        text = text.replace("[U for U in T]", "T")
    assert faults(text) == []


HARD_TEXTS = {
    "a class's global is none of its methods'": """
def f():
    x = 1
    class A:
        global x
        def g(self): return x
""",
    "a class's variables are none of its methods' and comprehensions'": """
def f():
    x = 1
    class A:
        x = 2
        def g(self): return x
        l = [x for y in [x]]
""",
    "nonlocal before the binding": """
def f():
    class A:
        nonlocal x
        x = 3
        def g(self):
            nonlocal x
            x = 1
    x = 2
""",
    "a function that is called like symtable's own table": """
def top():
    x = 1
    def top(y):
        nonlocal x
        global z
        x = z = y
""",
    "private names and the class itself": """
class C:
    __x = 1
    def f(self, __y=__x): return __class__, __x, __y, self.__z
""",
    "nonlocal does not see a class, nor do type parameters for it": """
def f(x):
    class A:
        x = 1
        class B:
            nonlocal x
            x = 2
""",
    "a bare annotation in parentheses binds nothing": """
x = 1
def f():
    (x): int
    return x
""",
    "a comprehension's variable and a name around it": """
{a: lambda: a for a in b}
[c for c in c if a]
def f(): return [a for a in b], [c for c in b if a], lambda: a
""",
    "walrus": """
[y := 1 for x in [1]]
def f(): return [[z := x for x in y] for y in [1] if (w := y)], z, w
""",
    "scopes on one line": """
a = (lambda: b) if (lambda c: c) else (lambda d, e=lambda: a: d)
f = (x for x in (y for y in (z for z in a)))
g = {(lambda k: k): (lambda v: v) for k in [lambda k, v: k]}
def h(a=lambda: x, *, b=lambda y: y): pass
""",
    "annotations": """
x = int
def f(a: x, *b: (lambda: x)) -> x:
    x: x = 1
    y: x
    class A:
        x: int
        y: x
        def g(self, z: x): z: x = 1
""",
    "annotations that are strings": """
from __future__ import annotations
def f(a: [x for x in y]) -> (lambda z: z): b: z = 1
""",
}


@pytest.mark.parametrize("name", HARD_TEXTS)
def test_python_agrees_about_hard_texts(name: str) -> None:
    assert faults(HARD_TEXTS[name]) == []


def _block(random: Random, depth: int, indent: str) -> list[str]:
    """Draw random statements about few names."""
    found: list[str] = []
    for _ in range(random.randint(1, 4)):
        x, y, z = (random.choice("abc") for _ in range(3))
        heads = [f"def {x}({y}={z}, *{random.choice('de')}: {x}):", f"class {x}({y}):"]
        heads += [f"for {x} in {y}:", f"if ({x} := {y}):", f"with {x} as {y}:"]
        if sys.version_info >= (3, 12):
            heads += [f"def {x}[{y}: {z}]({z}: {y}):", f"class {x}[{y}]({z}):"]
        lines = [f"{x} = {y}", f"global {x}", f"nonlocal {x}", f"del {x}", f"{x}: {y}"]
        lines += [f"import {x}", f"{x}: {y} = {z}", f"lambda {x}: {y}", f"({x} for {y} in {z})"]
        lines += [f"[{x} for {x} in {y} if {z}]", f"{{{x}: lambda: {y} for {y} in {x}}}"]
        lines += [f"[[({x} := {y}) for d in {z}] for e in {x}]"]
        if depth and random.random() < 0.5:
            inner = _block(random, depth - 1, indent + " ")
            found += [indent + random.choice(heads), *inner]
        else:
            found.append(indent + random.choice(lines))
    return found


@pytest.mark.long
@settings(max_examples=20_000 if LONG else 200)
@given(st.randoms(use_true_random=False))
def test_python_agrees_about_programs_at_random(random: Random) -> None:
    text = "\n".join(_block(random, 4, "")) + "\n"
    if compiles(text):
        assert faults(text) == [], text
