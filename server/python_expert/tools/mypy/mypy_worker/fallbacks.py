"""The values that replace a parameter that is None."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import (
    AssignmentStmt,
    ComparisonExpr,
    ConditionalExpr,
    IfStmt,
    NameExpr,
    OpExpr,
    UnaryExpr,
    Var,
)

from .flow import statements
from .places import is_none

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy.nodes import Expression, FuncDef

    StandIn = tuple[Var, Expression]


def stand_ins(functions: Iterable[FuncDef], expressions: Iterable[Expression]) -> Iterator[StandIn]:
    """Yield the variables that are replaced if they are None, with the replacement.

    Args:
        functions: The functions of a file.
        expressions: Its expressions.
    """
    for node in expressions:
        if isinstance(node, OpExpr) and node.op == "or" and (name := _variable(node.left)):
            yield name, node.right
        elif isinstance(node, ConditionalExpr):
            name, is_given = _tested(node.cond)
            value, other = node.if_expr, node.else_expr
            if not is_given:
                value, other = other, value
            if name and _variable(value) is name:
                yield name, other
    for function in functions:
        for statement in statements(function.body.body):
            if isinstance(statement, IfStmt):
                yield from _assigned(statement)


def _assigned(statement: IfStmt) -> Iterator[StandIn]:
    name, is_given = _tested(statement.expr[0])
    block = statement.else_body if is_given else statement.body[0]
    for each in block.body if block else ():
        targets = each.lvalues if isinstance(each, AssignmentStmt) else []
        if (
            name
            and isinstance(each, AssignmentStmt)
            and any(_variable(to) is name for to in targets)
        ):
            yield name, each.rvalue


def _tested(test: Expression) -> tuple[Var | None, bool]:
    """Return the variable that a condition tests for None, and whether "not None" makes it true."""
    if isinstance(test, UnaryExpr) and test.op == "not":
        name, is_given = _tested(test.expr)
        return name, not is_given
    if isinstance(test, ComparisonExpr) and len(test.operators) == 1 and is_none(test.operands[1]):
        return _variable(test.operands[0]), test.operators[0] in {"is not", "!="}
    return _variable(test), True


def _variable(node: Expression) -> Var | None:
    return node.node if isinstance(node, NameExpr) and isinstance(node.node, Var) else None
