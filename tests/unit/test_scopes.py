"""Every node that a resolver may be asked about has a scope, in any program."""

from __future__ import annotations

import ast
import sys
import sysconfig
import warnings
from pathlib import Path

import pytest

from python_expert.analysis.scopes import Scopes

LIBRARY = Path(sysconfig.get_path("stdlib"))
HARD = ("type_params", "type_aliases", "patma", "except_star", "grammar", "scope", "named_expr*")
"""What the tests of Python are about that have the rarest forms; not every Python has them."""

FILES = [
    *LIBRARY.glob("*.py"),
    *LIBRARY.glob("asyncio/*.py"),
    *(path for name in HARD for path in LIBRARY.glob(f"test/test_{name}.py")),
]


def parsed(path: Path) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(path.read_bytes())


@pytest.mark.parametrize("first", range(8))
def test_every_node_of_the_standard_library_has_a_scope(first: int) -> None:
    files = FILES[first::8]
    assert files
    for path in files:
        tree = parsed(path)
        without = {*ast.walk(tree)} - Scopes(tree).scopes.keys()
        assert not without, (path, [ast.dump(each)[:80] for each in without])


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
type Y[T: X, *Ts, **P] = dict[T, [j for j in X if (lambda: T)]]
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
def test_every_node_of_the_rarest_forms_has_a_scope(python: tuple[int, int]) -> None:
    if sys.version_info < python:
        pytest.skip(f"Python before {'.'.join(map(str, python))} cannot parse it")
    tree = ast.parse(RARE[python])
    assert {*ast.walk(tree)} <= Scopes(tree).scopes.keys()
