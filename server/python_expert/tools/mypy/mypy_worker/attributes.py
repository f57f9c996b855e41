"""The types of the values that are added to initially empty containers of a class."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from mypy.nodes import AssignmentStmt, CallExpr, IndexExpr, MemberExpr, TypeInfo, Var
from mypy.types import AnyType, Instance, get_proper_type

from .flow import instance_of, statements
from .joining import union_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mypy.nodes import Expression, FuncDef
    from mypy.types import Type

ADDING: Final = {"append": 1, "appendleft": 1, "add": 1, "setdefault": 2}
"""Methods that add to a container, and the number of its type arguments that this shows."""

Filled = tuple[TypeInfo, str, Instance]
"""A class, one of its attributes, and the type that the added values show."""


def filled(functions: Iterable[FuncDef], types: Mapping[Expression, Type]) -> Iterator[Filled]:
    """Yield the containers for which all values that functions add to them are known.

    Args:
        functions: The functions of a module.
        types: The types of the module's expressions.
    """
    found: dict[tuple[TypeInfo, str], list[tuple[Type | None, ...]]] = defaultdict(list)
    for target, parts in _puts(functions, types):
        owner = instance_of(types.get(target.expr))
        if owner and (info := owner.type.get_containing_type_info(target.name)):
            found[info, target.name].append(tuple(types.get(part) for part in parts))
    for (info, name), puts in found.items():
        node = info.names[name].node
        empty = get_proper_type(node.type) if isinstance(node, Var) and node.is_inferred else None
        if not isinstance(empty, Instance) or not all(map(_is_any, empty.args)):
            continue
        if any(len(put) != len(empty.args) or any(map(_is_any, put)) for put in puts):
            continue
        arguments = [
            union_of([each for each in column if each]) for column in zip(*puts, strict=True)
        ]
        yield info, name, empty.copy_modified(args=arguments)


def _puts(
    functions: Iterable[FuncDef], types: Mapping[Expression, Type]
) -> Iterator[tuple[MemberExpr, list[Expression]]]:
    """Yield the attributes that values are added to, with these values."""
    for function in functions:
        for statement in statements(function.body.body):
            if isinstance(statement, AssignmentStmt):
                for target in statement.lvalues:
                    if isinstance(target, IndexExpr) and isinstance(target.base, MemberExpr):
                        yield target.base, [target.index, statement.rvalue]
    for call in [each for each in types if isinstance(each, CallExpr)]:
        method = call.callee
        if not isinstance(method, MemberExpr) or not isinstance(method.expr, MemberExpr):
            continue
        if ADDING.get(method.name) == len(call.args):
            yield method.expr, [*call.args]


def _is_any(type_: Type | None) -> bool:
    return type_ is None or isinstance(get_proper_type(type_), AnyType)
