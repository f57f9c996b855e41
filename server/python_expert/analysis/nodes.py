"""Node classes that stand for the same idea, among them those that older Pythons do not have."""

from __future__ import annotations

import ast


def known(*names: str) -> tuple[type[ast.AST], ...]:
    """Those of some node classes that the running Python has, by their names."""
    return tuple(getattr(ast, name) for name in names if hasattr(ast, name))


TRIES = (ast.Try, ast.TryStar)
FORS = (ast.For, ast.AsyncFor)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr)
TYPE_PARAMETERS = known("TypeVar", "ParamSpec", "TypeVarTuple")
"""What stands in the brackets of ``def f[T, **P, *Ts]``."""


def targets(node: ast.AST) -> list[ast.expr]:
    """What an assignment of any form assigns to; nothing for other nodes."""
    if isinstance(node, ast.Assign):
        return node.targets
    if isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
        return [node.target]
    return []


def type_parameters(node: ast.AST) -> list[ast.AST]:
    """The type parameters that a function, class or ``type`` statement declares."""
    return list(getattr(node, "type_params", ()))


def parameter_named(node: ast.AST, name: str) -> ast.AST | None:
    """The type parameter of a name that a node declares."""
    return next((each for each in type_parameters(node) if getattr(each, "name", "") == name), None)


def is_none(node: ast.expr | None) -> bool:
    """Whether an expression is the constant None."""
    return isinstance(node, ast.Constant) and node.value is None


def is_string(node: ast.stmt) -> bool:
    """Whether a statement is only a string: at the start of a body it is the docstring."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def first_line(node: ast.AST) -> str:
    """The start of a node's code, for messages."""
    return ast.unparse(node).splitlines()[0][:60]
