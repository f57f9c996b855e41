"""A file's own names for types that are long to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mypy.checkexpr import has_any_type
from mypy.nodes import TypeAlias
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    TupleType,
    TypeAliasType,
    UnionType,
    get_proper_type,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy.nodes import MypyFile
    from mypy.types import ProperType, Type

GENERAL: Final = frozenset({"builtins", "typing", "collections", "collections.abc"})
"""Modules whose classes are used for everything."""


class Aliases:
    """The aliases of one file.

    Args:
        tree: The file.
    """

    def __init__(self, tree: MypyFile) -> None:
        self._names: dict[ProperType, str] = {}
        for name, symbol in tree.names.items():
            if isinstance(symbol.node, TypeAlias) and _is_telling(symbol.node):
                self._names.setdefault(get_proper_type(symbol.node.target), name)

    def of(self, type_: ProperType) -> str | None:
        """Return the file's name for a type, or None."""
        return self._names.get(type_)

    def within(self, types: Sequence[Type]) -> Iterator[UnionType]:
        """Yield the named unions whose members are a proper subset of some types."""
        for known in self._names:
            if isinstance(known, UnionType) and set(known.items) < set(types):
                yield known

    def are_in(self, type_: Type) -> bool:
        """Return whether a type, or a part of a union, has a name."""
        plain = get_proper_type(type_)
        parts = plain.items if isinstance(plain, UnionType) else ()
        return plain in self._names or any(self.within(parts))


def _is_telling(alias: TypeAlias) -> bool:
    """Return whether an alias is of a compound type without Any that has a specific class."""
    target = get_proper_type(alias.target)
    return (
        not isinstance(target, Instance | AnyType)
        and not alias.alias_tvars
        and not has_any_type(target)
        and any(each.type.module_name not in GENERAL for each in _instances(target))
    )


def _instances(type_: Type) -> Iterator[Instance]:
    """Yield the classes that a type contains; recursive types are not followed."""
    if isinstance(type_, TypeAliasType) and type_.is_recursive:
        return
    plain = get_proper_type(type_)
    parts: Sequence[Type] = ()
    match plain:
        case Instance():
            yield plain
            parts = plain.args
        case UnionType() | TupleType():
            parts = plain.items
        case CallableType():
            parts = [*plain.arg_types, plain.ret_type]
    for each in parts:
        yield from _instances(each)
