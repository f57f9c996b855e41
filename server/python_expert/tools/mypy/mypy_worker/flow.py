"""The control flow of a function's body, from its statements and mypy's types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import (
    AssertStmt,
    AssignmentStmt,
    Block,
    BreakStmt,
    ClassDef,
    ComparisonExpr,
    ContinueStmt,
    Decorator,
    ExpressionStmt,
    ForStmt,
    FuncDef,
    IfStmt,
    IntExpr,
    ListExpr,
    MatchStmt,
    NameExpr,
    OverloadedFuncDef,
    RaiseStmt,
    ReturnStmt,
    StrExpr,
    TryStmt,
    TupleExpr,
    Var,
    WhileStmt,
    WithStmt,
)
from mypy.patterns import AsPattern
from mypy.types import CallableType, Instance, TypeVarType, UninhabitedType, get_proper_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy.nodes import Expression, Statement
    from mypy.types import Type


def instance_of(type_: Type | None) -> Instance | None:
    """Return the class of an object; ``self`` may have the type of a type variable."""
    plain = get_proper_type(type_)
    if isinstance(plain, TypeVarType):
        plain = get_proper_type(plain.upper_bound)
    return plain if isinstance(plain, Instance) else None


def assigned(statement: Statement) -> Iterator[Var]:
    """Yield the variables that an assignment sets."""
    targets = statement.lvalues if isinstance(statement, AssignmentStmt) else []
    for target in targets:
        for name in target.items if isinstance(target, TupleExpr | ListExpr) else [target]:
            if isinstance(name, NameExpr) and isinstance(name.node, Var):
                yield name.node


def blocks(statement: Statement) -> Sequence[Block]:
    """Return the blocks of a statement, except those of functions and classes."""
    match statement:
        case Block():
            return [statement]
        case IfStmt():
            found = [*statement.body, statement.else_body]
        case ForStmt() | WhileStmt():
            found = [statement.body, statement.else_body]
        case WithStmt():
            found = [statement.body]
        case TryStmt():
            found = [statement.body, *statement.handlers]
            found += [statement.else_body, statement.finally_body]
        case MatchStmt():
            found = [*statement.bodies]
        case _:
            found = []
    return [each for each in found if each and not each.is_unreachable]


def statements(body: Sequence[Statement]) -> Iterator[Statement]:
    """Yield all statements of a body, except those in its functions and classes."""
    for statement in body:
        yield statement
        for block in blocks(statement):
            yield from statements(block.body)


def functions(body: Sequence[Statement]) -> Iterator[FuncDef]:
    """Yield all functions of a body, including nested ones; for overloads, the last one."""
    for each in definitions(body):
        yield each.func if isinstance(each, Decorator) else each


def definitions(body: Sequence[Statement]) -> Iterator[FuncDef | Decorator]:
    """Yield all functions of a body, including nested ones, with their decorators."""
    for statement in statements(body):
        parts: Sequence[object] = [statement]
        if isinstance(statement, OverloadedFuncDef):
            parts = statement.items if statement.is_property else [statement.impl]
        for each in parts:
            if isinstance(each, FuncDef | Decorator):
                yield each
            inner = each.func if isinstance(each, Decorator) else each
            if isinstance(inner, FuncDef):
                yield from definitions(inner.body.body)
            elif isinstance(inner, ClassDef):
                yield from definitions(inner.defs.body)


def demonstrations(body: Sequence[Statement]) -> Iterator[range]:
    """Yield the lines of ``if __name__ == "__main__":`` blocks, which often only show usage."""
    for statement in body:
        match statement:
            case IfStmt(expr=[ComparisonExpr(operands=[NameExpr(name="__name__"), StrExpr()])]):
                yield range(statement.line, (statement.end_line or statement.line) + 1)


def runs_out(body: Sequence[Statement], types: Mapping[Expression, Type]) -> bool:
    """Return whether a body may run past its end.

    Args:
        body: The statements.
        types: The types of expressions.
    """
    return not any(_ends(statement, types) for statement in body)


def _ends(statement: Statement, types: Mapping[Expression, Type]) -> bool:  # noqa: PLR0911
    match statement:
        case ReturnStmt() | RaiseStmt() | BreakStmt() | ContinueStmt():
            return True
        case ExpressionStmt():
            return isinstance(get_proper_type(types.get(statement.expr)), UninhabitedType)
        case AssertStmt():
            return isinstance(statement.expr, NameExpr) and statement.expr.name == "False"
        case Block():
            return not runs_out(statement.body, types)
        case IfStmt() | MatchStmt() | TryStmt():
            return _all_end(statement, types)
        case WhileStmt():
            return _is_true(statement.expr) and not any(
                isinstance(each, BreakStmt) for each in _of_loop(statement.body.body)
            )
        case WithStmt():
            return not runs_out(statement.body.body, types) and not any(
                _swallows(types.get(each)) for each in statement.expr
            )
        case _:
            return False


def _all_end(statement: IfStmt | MatchStmt | TryStmt, types: Mapping[Expression, Type]) -> bool:
    def ends(block: Block | None) -> bool:
        return block is not None and (block.is_unreachable or not runs_out(block.body, types))

    match statement:
        case IfStmt():
            return ends(statement.else_body) and all(map(ends, statement.body))
        case MatchStmt():
            last = statement.patterns[-1]
            takes_all = isinstance(last, AsPattern) and last.pattern is None
            takes_all = takes_all and statement.guards[-1] is None
            return takes_all and all(map(ends, statement.bodies))
        case _:
            regular = ends(statement.body) or ends(statement.else_body)
            return ends(statement.finally_body) or (regular and all(map(ends, statement.handlers)))


def _is_true(node: Expression) -> bool:
    return (isinstance(node, NameExpr) and node.name == "True") or (
        isinstance(node, IntExpr) and node.value != 0
    )


def _of_loop(body: Sequence[Statement]) -> Iterator[Statement]:
    """Yield the statements of a loop's body, without inner loops, which have their own breaks."""
    for statement in body:
        yield statement
        for block in blocks(statement) if not isinstance(statement, ForStmt | WhileStmt) else ():
            yield from _of_loop(block.body)


def _swallows(manager: Type | None) -> bool:
    """Return whether a context manager may suppress exceptions, according to mypy."""
    manager = get_proper_type(manager)
    if not isinstance(manager, Instance):
        return False
    for name in ("__exit__", "__aexit__"):
        method = manager.type.get_method(name)
        kind = get_proper_type(method.type) if method else None
        if isinstance(kind, CallableType):
            result = get_proper_type(kind.ret_type)
            if isinstance(result, Instance) and result.args:  # the result of a coroutine
                result = get_proper_type(result.args[-1])
            if isinstance(result, Instance) and result.type.fullname == "builtins.bool":
                return True
    return False
