"""Values that a function returns contrary to a hint and that mypy does not report."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from python_expert.analysis.nodes import COMPREHENSIONS, children, is_none, known, targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

_SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)

_VALUES: Final = (
    *COMPREHENSIONS,
    *known("TemplateStr"),
    *(ast.Constant, ast.Dict, ast.JoinedStr, ast.Lambda, ast.List, ast.Set, ast.Tuple),
)
"""Expressions whose value is certainly not None, except the constant None."""


_PLAIN: Final[dict[str, tuple[type, ...]]] = {
    "bool": (bool,),
    "bytes": (bytes,),
    "float": (float, int),
    "int": (int,),
    "str": (str,),
}
"""The classes whose constants may have a type."""


def contradiction(function: ast.stmt, annotation: ast.expr) -> str | None:
    """Return why the hint of a result is wrong, or None.

    mypy does not check code that it takes for unreachable, for example after a test of an attribute
    whose only known value is None. If a variable already gets values of several types, mypy reports
    this where they are stored, before and after the edit, and not where the variable is returned.

    Args:
        function: The statement that the hint belongs to.
        annotation: The hint.
    """
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    if function.returns is not annotation:
        return None
    for node in _own(function):
        match node:
            case ast.Return(value=ast.expr() as value) if isinstance(value, _VALUES):
                if is_none(annotation) and not is_none(value):
                    return f"it says None, but line {node.lineno} returns `{ast.unparse(value)}`"
    if isinstance(annotation, ast.Name) and annotation.id in _PLAIN:
        shared = {name for each in _own(function) for name in _shared(each)}
        for block in _blocks(function):
            for value in _returned_constants(block, shared):
                if not isinstance(value.value, _PLAIN[annotation.id]):
                    shown = f"`{ast.unparse(value)}` of line {value.lineno}"
                    return f"it says {annotation.id}, but {shown} may be returned"
    return None


def _shared(node: ast.AST) -> Sequence[str]:
    """Return the variables that other functions may set in between."""
    return node.names if isinstance(node, ast.Global | ast.Nonlocal) else ()


def _returned_constants(
    block: Sequence[ast.stmt], shared: AbstractSet[str]
) -> Iterator[ast.Constant]:
    """Yield the constants that were stored last in variables that a block returns.

    Args:
        block: The statements.
        shared: The variables that are left out.
    """
    for at, statement in enumerate(block):
        match statement:
            case ast.Return(value=ast.Name(id=name)) if name not in shared:
                stores = (each for each in reversed(block[:at]) if _sets(each, name))
                if last := next(stores, None):
                    yield from _left(last, name)


def _left(statement: ast.stmt, name: str) -> Iterator[ast.Constant]:
    """Yield the constants that a variable may have after a statement that sets it."""
    value, operator = getattr(statement, "value", None), getattr(statement, "op", None)
    stored = targets(statement)
    if isinstance(statement, ast.If):
        # A later statement in a branch may leave the branch, or test the value.
        for branch in (statement.body, statement.orelse):
            if branch and _sets(branch[-1], name):
                yield from _left(branch[-1], name)
    elif (
        isinstance(value, ast.Constant)
        and operator is None
        and stored
        and all(isinstance(each, ast.Name) for each in stored)
    ):
        yield value


def _sets(statement: ast.stmt, name: str) -> bool:
    """Return whether a statement, or one within it, may bind or delete a variable."""
    return any(
        name in {getattr(each, key, None) for key in ("id", "name", "rest", "asname")}
        and not isinstance(getattr(each, "ctx", None), ast.Load)
        for each in ast.walk(statement)
    )


def _blocks(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Sequence[ast.stmt]]:
    """Yield the blocks of a function, except blocks of functions and classes in it."""
    for node in (function, *_own(function)):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                yield block


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function, except nodes of functions and classes in it."""
    for node in children(function):
        if not isinstance(node, _SCOPES):
            yield node
            yield from _own(node)
