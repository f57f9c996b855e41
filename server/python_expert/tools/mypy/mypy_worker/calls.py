"""The functions that the calls of a module run, by mypy's types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import CallExpr, MemberExpr, NameExpr, SuperExpr, TypeInfo, Var
from mypy.types import CallableType, NoneType, TypeType, UnionType, get_proper_type

from .flow import functions, instance_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy.build import State
    from mypy.nodes import Expression
    from mypy.types import Type

    from python_expert.processes.wire import Json


def foreign_calls(state: State, text: str) -> list[Json]:
    """Return the calls of functions that other modules define.

    Args:
        state: The module, just checked, with the types of its expressions.
        text: Its text. Calls on lines with characters that are not ASCII are omitted, because
            mypy's native parser does not know their columns.

    Returns:
        For each call {range, names, sure}: its 0-based range; the full names of the functions that
        it may run (for a method, first that of the object's class and then those of the classes
        that define it, nearest first); and whether it is certainly a method that this module does
        not define, even if the object's class does not have it. Builtins are omitted, except
        methods with the name of a function of this module.
    """
    assert state.tree is not None  # noqa: S101  # nosec B101 - it was checked
    finder = _Finder(state, {each.name for each in functions(state.tree.defs)})
    lines, found = text.split("\n"), []
    for call in [each for each in state.type_map() if isinstance(each, CallExpr)]:
        last = call.end_line or call.line
        names, sure = finder.of(call.callee)
        if names and "".join(lines[call.line - 1 : last]).isascii():
            place = [[call.line - 1, call.column], [last - 1, call.end_column]]
            found.append({"range": place, "names": names, "sure": sure})
    return found


class _Finder:
    """Finds the functions that are called in one module.

    Args:
        state: The module.
        own: The names of its functions.
    """

    def __init__(self, state: State, own: set[str]) -> None:
        self._types: Mapping[Expression, Type] = state.type_map()
        self._module, self._own = state.id, own

    def of(self, callee: Expression) -> tuple[list[str], bool]:
        """Return the names of a called function, and whether it is certainly a foreign method."""
        if isinstance(callee, SuperExpr):
            return self._methods(callee.name, [callee.info.mro[1:] if callee.info else None])
        if isinstance(callee, NameExpr | MemberExpr) and not isinstance(callee.node, Var | None):
            return ([] if callee.fullname.startswith("builtins.") else [callee.fullname]), False
        if isinstance(callee, MemberExpr) and (receiver := self._types.get(callee.expr)):
            plain = get_proper_type(receiver)
            items = plain.items if isinstance(plain, UnionType) else [plain]
            some = [each for each in items if not isinstance(get_proper_type(each), NoneType)]
            return self._methods(callee.name, [_classes(each) for each in some])
        kind = get_proper_type(self._types.get(callee))
        known = kind.definition if isinstance(kind, CallableType) else None
        return ([known.fullname] if known else []), False

    def _methods(
        self, name: str, objects: Sequence[Sequence[TypeInfo] | None]
    ) -> tuple[list[str], bool]:
        """Return the names of a method of one of several objects, by their possible classes."""
        names: dict[str, None] = {}
        sure = bool(objects)
        for classes in objects:
            has = [each for each in classes or () if name in each.names]
            owner = has[0].module_name if has else self._module
            if classes and not has and name in self._own and self._is_all(classes):
                names[f"{classes[0].fullname}.{name}"] = None
                continue
            sure = sure and owner != self._module and not any(each.is_protocol for each in has)
            if owner != self._module and (owner != "builtins" or name in self._own):
                names |= {f"{each.fullname}.{name}": None for each in [*(classes or ())[:1], *has]}
        return list(names), sure

    def _is_all(self, classes: Sequence[TypeInfo]) -> bool:
        """Return whether objects of a class only have the attributes that the class shows."""
        return classes[0].fullname != "builtins.object" and not any(
            each.fallback_to_any
            or each.is_protocol
            or each.module_name == self._module
            or "__getattr__" in each.names
            for each in classes
        )


def _classes(receiver: Type) -> Sequence[TypeInfo] | None:
    """Return the classes of an object, or of the class that is the object."""
    plain = get_proper_type(receiver)
    if isinstance(plain, CallableType):
        return plain.type_object().mro if plain.is_type_obj() else plain.fallback.type.mro
    instance = instance_of(plain.item if isinstance(plain, TypeType) else plain)
    return instance.type.mro if instance else None
