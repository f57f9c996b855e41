"""Finds where a function returns and raises, and under which conditions."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from python_expert.actions.add_docstrings.offline.steady import is_steady

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.analysis.scopes import Function

_OPPOSITE = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
"""Comparison operators and their negations, where these hold for all operands."""


@dataclass(frozen=True)
class Exit:
    """A statement by which a function returns or raises.

    Attributes:
        node: The statement.
        tests: The conditions that hold at the statement; empty if it is reached unconditionally.
        is_exact: Whether the statement is always reached if the conditions hold at the call.
        is_caught: Whether a ``try`` around the statement may catch what it raises.
        tried: For a statement in a handler: the only statement in the ``try``, if there is only
            one.
        handler: The innermost handler around the statement.
        ran: The statements that may have run before this one.
    """

    node: ast.Return | ast.Raise
    tests: tuple[ast.expr, ...] = ()
    is_exact: bool = True
    is_caught: bool = False
    tried: ast.stmt | None = None
    handler: ast.ExceptHandler | None = None
    ran: tuple[ast.AST, ...] = ()


def exits(node: Function) -> list[Exit]:
    """Return the exits of a function's own body, in order."""
    start = Exit(ast.Return())
    return list(_walk(node.body, start))


def _walk(body: Sequence[ast.stmt], at: Exit) -> Iterator[Exit]:
    for statement in body:
        match statement:
            case ast.Return() | ast.Raise():
                caught = at.is_caught and isinstance(statement, ast.Raise)
                yield replace(at, node=statement, is_caught=caught)
            case ast.If():
                yield from _walk(statement.body, _under(at, statement.test))
                yield from _walk(statement.orelse, _under(at, negated(statement.test)))
                at = _after(statement, at)
            case ast.Try() | ast.TryStar():
                yield from _walk_try(statement, at)
                at = _past(at, statement)
            case ast.With() | ast.AsyncWith():
                silent = any("suppress" in ast.unparse(item) for item in statement.items)
                inner = replace(at, is_caught=at.is_caught or silent)
                yield from _walk(statement.body, _ran(inner, *statement.items))
                at = _past(at, statement)
            case ast.For() | ast.AsyncFor() | ast.While() | ast.Match():
                inner = replace(at, is_exact=False)
                for block in _blocks(statement):
                    yield from _walk(block, inner)
                at = _past(at, statement)
            case _:
                at = _ran(at, statement)


def _walk_try(statement: ast.Try | ast.TryStar, at: Exit) -> Iterator[Exit]:
    caught = at.is_caught or bool(statement.handlers)
    yield from _walk(statement.body, replace(at, is_caught=caught))
    tried = statement.body[0] if len(statement.body) == 1 and not statement.orelse else None
    for handler in statement.handlers:
        inner = replace(at, is_exact=False, tried=tried, handler=handler)
        yield from _walk(handler.body, inner)
    yield from _walk(statement.orelse, replace(at, is_exact=False))
    yield from _walk(statement.finalbody, at)


def _blocks(node: ast.For | ast.AsyncFor | ast.While | ast.Match) -> Iterator[list[ast.stmt]]:
    if isinstance(node, ast.Match):
        yield from (case.body for case in node.cases)
    else:
        yield from (node.body, node.orelse)


def _under(at: Exit, test: ast.expr) -> Exit:
    is_exact = at.is_exact and is_steady(test, at.ran)
    return replace(at, tests=(*at.tests, test), is_exact=is_exact, ran=(*at.ran, test))


def _ran(at: Exit, *nodes: ast.AST) -> Exit:
    return replace(at, ran=(*at.ran, *nodes))


def _past(at: Exit, *statements: ast.stmt) -> Exit:
    """Return the state after some statements, which may have left the function."""
    return _ran(replace(at, is_exact=at.is_exact and not _leaves(*statements)), *statements)


def _after(statement: ast.If, at: Exit) -> Exit:
    """Return the state after a condition.

    If the guarded block always returns, the negated condition holds.
    """
    body, other = statement.body, statement.orelse
    if _always_leaves(body):  # another entry describes these exceptions
        below = _under(at, negated(statement.test)) if _leaves(*body) else _ran(at, statement.test)
        return _past(below, *other)
    if other and _always_leaves(other):
        below = _under(at, statement.test) if _leaves(*other) else _ran(at, statement.test)
        return _past(below, *body)
    return _past(at, statement)


def runs_out(body: Sequence[ast.stmt]) -> bool:
    """Return whether a block may run past its end, as far as the code shows."""
    match body[-1] if body else None:
        case ast.Return() | ast.Raise():
            return False
        case ast.If(body=one, orelse=other):
            return runs_out(one) or runs_out(other)
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            return runs_out(inner)
        case _:
            return True


def _always_leaves(body: Sequence[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def _leaves(*statements: ast.stmt) -> bool:
    """Return whether statements may leave the block other than by an exception."""
    found = (ast.Return, ast.Continue, ast.Break)
    return any(isinstance(each, found) for node in statements for each in ast.walk(node))


def negated(test: ast.expr) -> ast.expr:
    """Return the negation of a condition."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if isinstance(test, ast.Compare) and type(test.ops[0]) in _OPPOSITE and len(test.ops) == 1:
        return ast.Compare(test.left, [_OPPOSITE[type(test.ops[0])]()], test.comparators)
    if isinstance(test, ast.BoolOp):
        values = [negated(each) for each in test.values]
        if not any(isinstance(each, ast.UnaryOp) for each in values):
            return ast.BoolOp(ast.Or() if isinstance(test.op, ast.And) else ast.And(), values)
    return ast.UnaryOp(ast.Not(), test)
