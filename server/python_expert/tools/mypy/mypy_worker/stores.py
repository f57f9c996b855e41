"""The places of a module where variables get their values, or where their objects change."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mypy.nodes import (
    AssignmentExpr,
    AssignmentStmt,
    CallExpr,
    ClassDef,
    ExpressionStmt,
    ForStmt,
    IndexExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    OperatorAssignmentStmt,
    StarExpr,
    TryStmt,
    TupleExpr,
    Var,
    WithStmt,
)

from .flow import functions, instance_of, statements

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from mypy.nodes import Context, Expression, Statement
    from mypy.types import Type


class Store(NamedTuple):
    """A place where a variable gets a value, or where its object changes.

    Attributes:
        target: The variable or attribute.
        line: The first line of what is stored, 1-based.
        end_line: The last line of what is stored, 1-based.
        value: The new value, or None if this is not the whole value of an expression.
        is_inside: Whether the value is put into the variable's object.
    """

    target: NameExpr | MemberExpr
    line: int
    end_line: int
    value: Expression | None = None
    is_inside: bool = False


def stores(body: Sequence[Statement], types: Mapping[Expression, Type]) -> Iterator[Store]:
    """Yield all places of a module where variables or their objects change.

    Args:
        body: The module's statements.
        types: The types of its expressions.
    """
    for scope in (body, *(each.body.body for each in functions(body))):
        for statement in _all(scope):
            for target, last, value in _targets(statement):
                first = target.line if isinstance(statement, TryStmt) else statement.line
                yield from _stored(target, first, last, value)
            receiver = _receiver(statement)
            if isinstance(receiver, NameExpr | MemberExpr):
                yield Store(receiver, statement.line, _end(statement), is_inside=True)
    for node in [each for each in types if isinstance(each, AssignmentExpr)]:
        yield Store(node.target, node.line, _end(node), node.value)


def holders(
    target: Expression, types: Mapping[Expression, Type], more: Collection[Var] = ()
) -> Sequence[Var]:
    """Return the variables that an expression may refer to, of those whose types are inferred.

    For an attribute, those of base classes are included.

    Args:
        target: The expression.
        types: The types of the module's expressions.
        more: Other variables to include.
    """
    if not isinstance(target, NameExpr | MemberExpr):
        return []
    if isinstance(target, MemberExpr) and (owner := instance_of(types.get(target.expr))):
        classes, name = owner.type.mro, target.name
    elif isinstance(target.node, Var) and target.node.info:
        classes, name = target.node.info.mro, target.name
    else:
        classes, name = [], ""
    nodes = [each.names[name].node for each in classes if name in each.names]
    found = [*nodes, target.node, getattr(target, "def_var", None)]
    return [each for each in found if isinstance(each, Var) and (each.is_inferred or each in more)]


def _all(body: Sequence[Statement]) -> Iterator[Statement]:
    """Yield the statements of a scope, and those of the classes in it."""
    for statement in statements(body):
        yield statement
        if isinstance(statement, ClassDef):
            yield from _all(statement.defs.body)


def _targets(statement: Statement) -> Iterator[tuple[Expression, int, Expression | None]]:
    """Yield the targets of a statement, with the stored value and its last line."""
    match statement:
        case AssignmentStmt():
            for target in statement.lvalues:
                yield target, _end(statement), statement.rvalue
        case OperatorAssignmentStmt():
            yield statement.lvalue, _end(statement), None
        case ForStmt():
            yield statement.index, _end(statement.expr), None
        case WithStmt():
            given = zip(statement.expr, statement.target, strict=True)
            yield from ((name, max(_end(value), _end(name)), None) for value, name in given if name)
        case TryStmt():
            yield from ((name, _end(name), None) for name in statement.vars if name)


def _receiver(statement: Statement) -> Expression | None:
    """Return the object whose method a statement calls, or the object that contains it."""
    match statement:
        case ExpressionStmt(expr=CallExpr(callee=MemberExpr(expr=receiver))):
            return _base(receiver)
    return None


def _stored(target: Expression, first: int, last: int, value: Expression | None) -> Iterator[Store]:
    """Yield the places of an assignment to a target."""
    match target:
        case NameExpr() | MemberExpr():
            yield Store(target, first, last, value)
        case TupleExpr() | ListExpr():
            for each in target.items:
                yield from _stored(each, first, last, None)
        case StarExpr():
            yield from _stored(target.expr, first, last, None)
        case IndexExpr():
            base = _base(target.base)
            if isinstance(base, NameExpr | MemberExpr):
                yield Store(base, first, last, value, is_inside=True)


def _base(value: Expression) -> Expression:
    """Return an expression without subscripts."""
    while isinstance(value, IndexExpr):
        value = value.base
    return value


def _end(node: Context) -> int:
    return node.end_line or node.line
