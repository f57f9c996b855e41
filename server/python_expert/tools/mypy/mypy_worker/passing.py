"""The values that a file's calls pass to parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mypy.argmap import map_actuals_to_formals
from mypy.checkexpr import has_any_type
from mypy.expandtype import expand_type
from mypy.nodes import CallExpr, Decorator, DictExpr, FuncDef, ListExpr, SetExpr
from mypy.subtypes import is_proper_subtype
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    NoneType,
    Overloaded,
    TypeVarId,
    UninhabitedType,
    UnionType,
    get_proper_type,
    has_type_vars,
)

from .places import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from mypy.nodes import Expression
    from mypy.types import Type

VAGUE = frozenset({"builtins.object", "builtins.type"})
"""Classes that are hardly ever meant as the type of a parameter."""


DISPLAYS = (DictExpr, ListExpr, SetExpr)


class Given(NamedTuple):
    """An argument that a call passes to a parameter.

    Attributes:
        function: The called function, if it is known.
        name: The parameter's name, if it has one.
        type_: The parameter's type.
        value: The argument, or None if it is spread over several parameters.
    """

    function: FuncDef | None
    name: str | None
    type_: Type
    value: Expression | None


def arguments(types: Mapping[Expression, Type], skipped: Collection[range]) -> Iterator[Given]:
    """Yield the arguments that calls pass to parameters.

    Args:
        types: The types of a file's expressions.
        skipped: The lines whose calls do not count.
    """
    for call in [each for each in types if isinstance(each, CallExpr)]:
        if any(call.line in each for each in skipped):
            continue
        callee = get_proper_type(types.get(call.callee))
        if not isinstance(callee, CallableType):
            continue
        function = callee.definition
        if isinstance(function, Decorator):
            function = function.func
        formals = map_actuals_to_formals(
            call.arg_kinds,
            call.arg_names,
            callee.arg_kinds,
            callee.arg_names,
            lambda at, call=call: types.get(call.args[at]) or UNKNOWN,  # type: ignore[misc]
        )
        for name, type_, actuals in zip(callee.arg_names, callee.arg_types, formals, strict=True):
            for at in actuals:
                value = None if call.arg_kinds[at].is_star() else call.args[at]
                yield Given(function if isinstance(function, FuncDef) else None, name, type_, value)


def is_half_known(call: Expression, types: Mapping[Expression, Type]) -> bool:
    """Return whether an expression calls a generic function whose result only some arguments show.

    For ``reduce(wider, types, bool)`` with an untyped function, mypy infers the type of the initial
    value.

    Args:
        call: The expression.
        types: The types of a file's expressions.
    """
    if not isinstance(call, CallExpr):
        return False
    callee = get_proper_type(types.get(call.callee))
    forms = callee.items if isinstance(callee, Overloaded) else [callee]
    return any(
        _is_half_known(call, each, types) for each in forms if isinstance(each, CallableType)
    )


def _is_half_known(call: CallExpr, callee: CallableType, types: Mapping[Expression, Type]) -> bool:
    """Return whether only some arguments show the result of one signature of a function."""
    function = callee.definition
    function = function.func if isinstance(function, Decorator) else function
    generic = get_proper_type(function.type) if isinstance(function, FuncDef) else None
    if not isinstance(generic, CallableType):
        generic = callee
    if not _depends(generic.ret_type, generic):
        return False
    own = len(generic.arg_types) - len(callee.arg_types)  # the receiver of a bound method
    formals = map_actuals_to_formals(
        call.arg_kinds,
        call.arg_names,
        callee.arg_kinds,
        callee.arg_names,
        lambda at: types.get(call.args[at]) or UNKNOWN,
    )
    return any(
        has_any_type(types.get(call.args[at]) or UNKNOWN)
        for kind, actuals in zip(generic.arg_types[own:], formals, strict=False)
        if _depends(kind, generic)
        for at in actuals
    )


def _depends(type_: Type, function: CallableType) -> bool:
    """Return whether a type contains a type variable of the function itself."""
    known: dict[TypeVarId, Type] = {each.id: UNKNOWN for each in function.variables}
    return bool(known) and expand_type(type_, known) != type_


def joined_items(nodes: Iterable[Expression], types: Mapping[Expression, Type]) -> Iterator[Type]:
    """Yield the types of items that mypy makes up for displays whose items have no common class.

    For ``{"type": "name", "children": []}`` mypy infers ``dict[str, Sequence[str]]``, which says
    nothing about later items.

    Args:
        nodes: Expressions, displays among them.
        types: The types of a file's expressions.
    """
    for node in nodes:
        plain = get_proper_type(types.get(node))
        if not isinstance(node, DISPLAYS) or not isinstance(plain, Instance):
            continue
        pairs = zip(*node.items, strict=True) if isinstance(node, DictExpr) else [node.items]
        for argument, column in zip(plain.args, pairs, strict=False):
            item = get_proper_type(argument)
            if isinstance(item, Instance) and item.type.module_name == "typing":
                known = [get_proper_type(types[each]) for each in column if each in types]
                if item not in known:
                    yield item


def may_be_marker(default: Instance) -> bool:
    """Return whether a default may only be a marker for a missing argument.

    This is an object of a class that is not built in, or the only member of an enum.
    """
    if default.type.is_enum:
        return len(default.type.enum_members) == 1
    return default.type.module_name != "builtins"


def is_telling(type_: Type, *, is_foreign: bool) -> bool:
    """Return whether a parameter's type shows the intended type of arguments.

    Args:
        type_: The type.
        is_foreign: Whether it is from another package, which may accept more than is passed here.
    """
    plain = get_proper_type(type_)
    if isinstance(plain, AnyType | NoneType | UninhabitedType) or has_type_vars(type_):
        return False
    if isinstance(plain, UnionType) and is_foreign:
        return len([each for each in plain.items if not _is_none(each)]) == 1
    return not isinstance(plain, Instance) or not (
        plain.type.is_protocol or plain.type.fullname in VAGUE
    )


def without_conversions(type_: Type) -> Type:
    """Return a union without the protocols of what can be converted; ``float`` for ``time.sleep``.

    That function accepts ``float | SupportsIndex``, but hardly any argument is the latter.
    """
    plain = get_proper_type(type_)
    if not isinstance(plain, UnionType):
        return type_
    kept = [each for each in plain.items if not _is_conversion(each)]
    return UnionType.make_union(kept) if kept else type_


def _is_conversion(type_: Type) -> bool:
    plain = get_proper_type(type_)
    return isinstance(plain, Instance) and plain.type.name.startswith("Supports")


def is_float(type_: Type) -> bool:
    """Return whether a type is ``float``."""
    plain = get_proper_type(type_)
    return isinstance(plain, Instance) and plain.type.fullname == "builtins.float"


def narrowest(types: Sequence[Type]) -> Type | None:
    """Return the type that is a proper subtype of all others, or None."""
    for each in types:
        if all(is_proper_subtype(each, other) for other in types):
            return each
    return None


def without_none(type_: Type) -> Type:
    """Return a type without ``None``, unless it is only that."""
    plain = get_proper_type(type_)
    if not isinstance(plain, UnionType):
        return type_
    rest = [each for each in plain.items if not _is_none(each)]
    if len(rest) == len(plain.items):
        return type_
    return UnionType.make_union(rest)


def _is_none(type_: Type) -> bool:
    return isinstance(get_proper_type(type_), NoneType)
