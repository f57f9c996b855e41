"""Values that a function returns in spite of a hint."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from python_expert.analysis.nodes import COMPREHENSIONS, children, is_none, known

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)

_VALUES: Final = (
    *COMPREHENSIONS,
    *known("TemplateStr"),
    *(ast.Constant, ast.Dict, ast.JoinedStr, ast.Lambda, ast.List, ast.Set, ast.Tuple),
)
"""Expressions whose value is certainly not None, except the constant None."""


def contradiction(function: ast.stmt, annotation: ast.expr) -> str | None:
    """Why the hint that nothing is returned is wrong, or None.

    mypy does not check code that it takes for unreachable, for example after a test of an attribute
    that it knows as None only.

    Args:
        function: The statement that the hint belongs to.
        annotation: The hint.
    """
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    if function.returns is not annotation or not is_none(annotation):
        return None
    for node in _own(function):
        match node:
            case ast.Return(value=ast.expr() as value) if isinstance(value, _VALUES):
                if not is_none(value):
                    return f"it says None, but line {node.lineno} returns `{ast.unparse(value)}`"
    return None


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions and classes in it."""
    for node in children(function):
        if not isinstance(node, _SCOPES):
            yield node
            yield from _own(node)
