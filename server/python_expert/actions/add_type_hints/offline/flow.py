"""Analysis of a function's body: whether it ends, raises, or is only a placeholder."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.analysis.nodes import is_string

if TYPE_CHECKING:
    from python_expert.analysis.scopes import Function


def is_abstract(node: Function) -> bool:
    """Return whether a body shows nothing about its result.

    Such a body is empty or must be overridden.
    """
    if any(
        "abstract" in ast.unparse(each) or "overload" in ast.unparse(each)
        for each in node.decorator_list
    ):
        return True
    body = [each for each in node.body if not is_string(each)]
    return (
        not body
        or all(
            isinstance(each, ast.Pass)
            or (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
            for each in body
        )
        or raises_not_implemented(node)
    )


def raises_not_implemented(node: Function) -> bool:
    """Return whether a body raises an exception such as `NotImplementedError`."""
    return any(
        isinstance(each, ast.Raise)
        and each.exc is not None
        and "NotImplemented" in ast.unparse(each.exc)
        for each in node.body
    )


def always_raises(body: list[ast.stmt]) -> bool:
    """Return whether a block ends with a raise on every path."""
    match body[-1]:
        case ast.Raise():
            return True
        case ast.If(body=one, orelse=other) if other:
            return always_raises(one) and always_raises(other)
        case _:
            return False


def ends(body: list[ast.stmt]) -> bool:  # noqa: PLR0911 - one answer for each statement
    """Return whether a block never runs past its end."""
    match body[-1]:
        case ast.Return() | ast.Raise() | ast.Continue():
            return True
        case ast.If(body=one, orelse=other):
            return bool(other) and ends(one) and ends(other)
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            return ends(inner)
        case (
            ast.Try(body=inner, handlers=handlers, orelse=other, finalbody=final)
            | ast.TryStar(body=inner, handlers=handlers, orelse=other, finalbody=final)
        ):
            if final and ends(final):
                return True
            return ends(other or inner) and all(ends(each.body) for each in handlers)
        case ast.While(test=ast.Constant(value=True)):
            return not any(isinstance(each, ast.Break) for each in ast.walk(body[-1]))
        case ast.Match(cases=cases):
            last = cases[-1].pattern
            takes_all = isinstance(last, ast.MatchAs) and last.pattern is None
            return takes_all and not cases[-1].guard and all(ends(each.body) for each in cases)
        case _:
            return False
