"""Builds the union of several types, in the form that a person would write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.erasetype import remove_instance_last_known_values
from mypy.typeops import make_simplified_union
from mypy.types import (
    CallableType,
    Instance,
    LiteralType,
    TupleType,
    TypeType,
    UnionType,
    UnpackType,
    flatten_nested_unions,
    get_proper_type,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy.nodes import TypeInfo
    from mypy.types import ProperType, Type


def union_of(types: Sequence[Type], package: str = "") -> Type:
    """Return a union of types; if all types are equal, keep the name that they have.

    Args:
        types: The types.
        package: A package; several of its classes may be replaced by a common base class.
    """
    plain = [_plain(each) for each in types]
    first = plain[0]
    if all(each == first for each in plain):
        return first
    flat = [get_proper_type(each) for each in flatten_nested_unions(plain)]
    joined = _numbers(_tuples(flat, package))
    return make_simplified_union(_classes(joined, package) if package else joined)


def _plain(type_: Type) -> Type:
    """Return a type without last known values, and with ``bool`` in place of its literals."""
    type_ = remove_instance_last_known_values(type_)
    plain = get_proper_type(type_)
    if isinstance(plain, LiteralType) and isinstance(plain.value, bool):
        return plain.fallback
    if isinstance(plain, UnionType):
        items = [_plain(each) for each in plain.items]
        if any(new is not old for new, old in zip(items, plain.items, strict=True)):
            return make_simplified_union(items)
    return type_


def _numbers(types: Sequence[ProperType]) -> list[ProperType]:
    """Drop ``int`` next to ``float``, which accepts it (PEP 484, "numeric tower")."""
    has_float = any(_is_a("float", each) for each in types)
    return [each for each in types if not (has_float and _is_a("int", each))]


def _is_a(name: str, type_: ProperType) -> bool:
    return isinstance(type_, Instance) and type_.type.fullname == f"builtins.{name}"


def _tuples(types: Sequence[ProperType], package: str) -> list[ProperType]:
    """Return the types with all tuples joined: to one of the same length, or of any length."""
    tuples = [each for each in types if isinstance(each, TupleType) and _is_simple(each)]
    if len(tuples) < 2:  # noqa: PLR2004 - there are no tuples to join
        return [*types]
    first = tuples[0]
    joined: ProperType = first
    if len({len(each.items) for each in tuples}) == 1:
        columns = zip(*(each.items for each in tuples), strict=True)
        joined = first.copy_modified(items=[union_of(column, package) for column in columns])
    else:
        item = union_of([item for each in tuples for item in each.items], package)
        if isinstance(get_proper_type(item), UnionType):
            return [*types]
        joined = first.partial_fallback.copy_modified(args=[item])
    return [*(each for each in types if each not in tuples), joined]


def _is_simple(type_: TupleType) -> bool:
    return (
        type_.partial_fallback.type.fullname == "builtins.tuple"
        and bool(type_.items)
        and not any(isinstance(each, UnpackType) for each in type_.items)
    )


def _classes(types: Sequence[ProperType], package: str) -> list[ProperType]:
    """Return the types, with the nearest common base class in place of a package's classes."""
    found = list(types)
    for is_class in (False, True):
        infos = [_class_of(each, package, is_class=is_class) for each in found]
        ours = [each for each in infos if each]
        base = _common_base(ours, package) if len(ours) > 1 else None
        if base is None:
            continue
        joined: ProperType = Instance(base, [])
        rest = [each for each, info in zip(found, infos, strict=True) if info is None]
        found = [*rest, TypeType.make_normalized(joined) if is_class else joined]
    return found


def _class_of(type_: ProperType, package: str, *, is_class: bool) -> TypeInfo | None:
    """Return the package's class that a type is an instance of or, with ``is_class``, refers to."""
    if is_class:
        if isinstance(type_, CallableType) and type_.is_type_obj():
            type_ = get_proper_type(type_.ret_type)
        elif isinstance(type_, TypeType):
            type_ = type_.item
        else:
            return None
    ours = isinstance(type_, Instance) and not type_.args and _is_in(type_.type, package)
    return type_.type if ours and isinstance(type_, Instance) else None


def _common_base(classes: Sequence[TypeInfo], package: str) -> TypeInfo | None:
    for base in classes[0].mro:
        if all(base in each.mro for each in classes):
            plain = _is_in(base, package) and not (base.is_protocol or base.type_vars)
            return base if plain else None
    return None


def _is_in(info: TypeInfo, package: str) -> bool:
    return info.module_name.partition(".")[0] == package
