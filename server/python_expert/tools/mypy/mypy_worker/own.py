"""Expressions of a method that have the type of its own object."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    Decorator,
    FuncDef,
    MemberExpr,
    NameExpr,
    SuperExpr,
    Var,
)
from mypy.types import CallableType, TypeVarType, get_proper_type

from .flow import assigned, statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy.nodes import Expression, TypeInfo


class Own:
    """Recognizes expressions of a function with the type ``Self``.

    Args:
        function: The function.
    """

    def __init__(self, function: FuncDef) -> None:
        self._mro: Sequence[TypeInfo] = function.info.mro if function.info else ()
        self._objects: set[object] = set()
        self._classes: set[object] = set()
        for argument in function.arguments[:1] if self._mro else ():
            if argument.variable.is_self:
                self._objects.add(argument.variable)
            elif argument.variable.is_cls:
                self._classes.add(argument.variable)
        values: dict[Var, list[Expression | None]] = defaultdict(list)
        for statement in statements(function.body.body) if self._mro else ():
            simple = isinstance(statement, AssignmentStmt) and all(
                isinstance(target, NameExpr | MemberExpr) for target in statement.lvalues
            )
            for variable in assigned(statement):
                value = statement.rvalue if isinstance(statement, AssignmentStmt) else None
                values[variable].append(value if simple else None)
        for name, given in values.items():
            if all(each is not None and self.has(each) for each in given):
                self._objects.add(name)

    def has(self, value: Expression) -> bool:
        """Return whether an expression is the object itself, or another one of its class."""
        if not isinstance(value, CallExpr):
            return self._is_named(value)
        match value.callee:
            case MemberExpr(name="__new__") | SuperExpr(name="__new__"):  # of the class given to it
                return bool(value.args) and self._is_class(value.args[0])
            case MemberExpr(name=name, expr=owner) if self.has(owner) or self._is_class(owner):
                return name == "__class__" or _gives_self(self._mro, name)
            case SuperExpr(name=name):
                return _gives_self(self._mro[1:], name)
        return self._is_class(value.callee)

    def _is_named(self, value: Expression) -> bool:
        """Return whether a variable or a property is the object, or another one of its class."""
        match value:
            case NameExpr():
                return value.node in self._objects
            case MemberExpr(name=name, expr=owner):
                return self.has(owner) and _gives_self(self._mro, name, is_property=True)
        return False

    def _is_class(self, value: Expression) -> bool:
        """Return whether an expression is the class of the object."""
        match value:
            case NameExpr():
                return value.node in self._classes
            case MemberExpr(name="__class__", expr=owner):
                return self.has(owner)
            case CallExpr(callee=NameExpr(fullname="builtins.type"), args=[given]):
                return self.has(given)
        return False


def _gives_self(mro: Sequence[TypeInfo], name: str, *, is_property: bool = False) -> bool:
    """Return whether a method or property is declared to return ``Self``."""
    symbol = next((each.names[name] for each in mro if name in each.names), None)
    node = symbol.node if symbol else None
    function = node.func if isinstance(node, Decorator) else node
    if not isinstance(function, FuncDef) or function.is_property != is_property:
        return False
    declared = get_proper_type(function.type)
    result = get_proper_type(declared.ret_type) if isinstance(declared, CallableType) else None
    return isinstance(result, TypeVarType) and result.id.is_self()
