"""The places of a file without a hint: parameters and results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from mypy.nodes import Decorator, FuncDef, NameExpr
from mypy.types import (
    AnyType,
    CallableType,
    TypeOfAny,
    get_proper_type,
)

if TYPE_CHECKING:
    from mypy.nodes import Argument, Expression, SymbolTableNode
    from mypy.types import Type

RETURN: Final = "return"

UNKNOWN: Final = AnyType(TypeOfAny.unannotated)


class EmptySlot(NamedTuple):
    """A parameter of a function, or its result."""

    function: FuncDef
    name: str


def open_arguments(function: FuncDef) -> list[Argument]:
    """Return the parameters that have no hint, except ``self`` and ``cls``."""
    return [
        each
        for each in function.arguments
        if each.type_annotation is None and not (each.variable.is_self or each.variable.is_cls)
    ]


def has_open_result(function: FuncDef) -> bool:
    """Return whether a function has no hint for its result."""
    declared = get_proper_type(function.type)
    return not isinstance(declared, CallableType) or is_open(declared.ret_type)


def is_open(type_: Type) -> bool:
    """Return whether a type is unknown, rather than declared as Any."""
    type_ = get_proper_type(type_)
    return isinstance(type_, AnyType) and type_.type_of_any is not TypeOfAny.explicit


def is_none(node: Expression | None) -> bool:
    """Return whether an expression is ``None``."""
    return isinstance(node, NameExpr) and node.fullname == "builtins.None"


def function_of(symbol: SymbolTableNode | None) -> FuncDef | None:
    """Return the function that a name refers to, if it has no overloads."""
    node = symbol.node if symbol else None
    node = node.func if isinstance(node, Decorator) else node
    return node if isinstance(node, FuncDef) else None


def declared_type(function: FuncDef | None) -> CallableType | None:
    """Return the type of a function, if it has any hints."""
    declared = get_proper_type(function.type) if function else None
    return declared if isinstance(declared, CallableType) else None
