"""What the calls of a module run, by the types that mypy has found in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import CallExpr, MemberExpr, NameExpr, SuperExpr, TypeInfo, Var
from mypy.types import CallableType, TypeType, UnionType, get_proper_type

from .flow import instance_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy.build import State
    from mypy.nodes import Expression
    from mypy.types import Type

    from python_expert.processes.wire import Json


def foreign_calls(state: State, text: str) -> list[Json]:
    """The calls of what other modules define, but for what is built in.

    Args:
        state: The module, just checked, with the types of its expressions.
        text: Its text. Calls on lines with characters that are not ASCII are left out: of these
            mypy's native parser does not know the columns.

    Returns:
        For each call {range, names}: where it is, from 0, and the full names of what it may run;
        of a method that of the object's class, then those of the classes that define it, nearest
        first.
    """
    lines, types = text.split("\n"), state.type_map()
    found = []
    for call in [each for each in types if isinstance(each, CallExpr)]:
        names = list(dict.fromkeys(_names(call.callee, types, state.id)))
        last = call.end_line or call.line
        if names and "".join(lines[call.line - 1 : last]).isascii():
            place = [[call.line - 1, call.column], [last - 1, call.end_column]]
            found.append({"range": place, "names": names})
    return found


def _names(callee: Expression, types: Mapping[Expression, Type], module: str) -> Iterator[str]:
    if isinstance(callee, SuperExpr) and callee.info:
        yield from _of_method(callee.info.mro[1:], callee.name, module)
    elif isinstance(callee, NameExpr | MemberExpr) and not isinstance(callee.node, Var | None):
        if not callee.fullname.startswith("builtins."):
            yield callee.fullname
    elif isinstance(callee, MemberExpr) and (receiver := types.get(callee.expr)):
        plain = get_proper_type(receiver)
        for each in plain.items if isinstance(plain, UnionType) else [plain]:
            if owner := _class(each):
                yield from _of_method(owner.mro, callee.name, module)
    elif isinstance(kind := get_proper_type(types.get(callee)), CallableType) and kind.definition:
        yield kind.definition.fullname


def _class(receiver: Type) -> TypeInfo | None:
    """The class of an object, or the class that is the object."""
    plain = get_proper_type(receiver)
    if isinstance(plain, CallableType) and plain.is_type_obj():
        return plain.type_object()
    instance = instance_of(plain.item if isinstance(plain, TypeType) else plain)
    return instance.type if instance else None


def _of_method(classes: Sequence[TypeInfo], name: str, module: str) -> Iterator[str]:
    """A method's names along the classes of an object, unless this module defines it."""
    owner = next((each for each in classes if name in each.names), None)
    if owner is not None and owner.module_name not in {module, "builtins"}:
        has = [each for each in classes if name in each.names]
        yield from (f"{each.fullname}.{name}" for each in [classes[0], *has])
