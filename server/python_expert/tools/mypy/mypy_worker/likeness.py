"""Finds the class of a file that has all attributes used of a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mypy.nodes import TypeInfo
from mypy.types import Instance
from mypy.typevars import fill_typevars

if TYPE_CHECKING:
    from collections.abc import Collection

    from mypy.nodes import MypyFile

ENOUGH: Final = 2
"""The number of attributes that identify a class; with the class's own name, one is enough."""


class Likeness:
    """Finds classes by their attributes.

    Args:
        tree: The file whose names are searched for classes.
    """

    def __init__(self, tree: MypyFile) -> None:
        self._classes = [
            symbol.node
            for symbol in tree.names.values()
            if isinstance(symbol.node, TypeInfo) and _is_plain(symbol.node)
        ]

    def find(self, name: str, used: Collection[str]) -> tuple[str, Instance] | None:
        """Return the class of a parameter and the reason, if the attributes used of it show it.

        Among the file's classes that have all of these attributes, it is the one with the
        parameter's name. Otherwise it is the only one that has them and whose bases do not, if
        there are enough attributes.

        Args:
            name: The parameter's name.
            used: The attributes that are used of it.
        """
        fitting = [each for each in self._classes if all(each.get(attr) for attr in used)]
        named = [each for each in fitting if each.name.lower() == name.replace("_", "").lower()]
        tops = [each for each in fitting if not any(base in fitting for base in each.mro[1:])]
        if len(named) == 1:
            return _instance("named-use", named[0])
        if len(tops) == 1 and len(used) >= ENOUGH:
            return _instance("use", tops[0])
        return None


def _is_plain(info: TypeInfo) -> bool:
    dynamic = info.fallback_to_any or info.get_method("__getattr__")
    return not (dynamic or info.is_protocol or info.is_enum or info.typeddict_type)


def _instance(why: str, info: TypeInfo) -> tuple[str, Instance] | None:
    type_ = fill_typevars(info)
    return (why, type_) if isinstance(type_, Instance) and not type_.args else None
