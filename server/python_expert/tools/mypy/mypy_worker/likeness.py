"""Which class of a file has every attribute that is used of a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mypy.nodes import TypeInfo
from mypy.types import Instance
from mypy.typevars import fill_typevars

if TYPE_CHECKING:
    from collections.abc import Collection

    from mypy.nodes import MypyFile

ENOUGH: Final = 2
"""So many attributes tell a class by themselves; with the class's own name one does."""


class Likeness:
    """Finds classes by what they have.

    Args:
        tree: The file, of whose names the classes are.
    """

    def __init__(self, tree: MypyFile) -> None:
        self._classes = [
            symbol.node
            for symbol in tree.names.values()
            if isinstance(symbol.node, TypeInfo) and _is_plain(symbol.node)
        ]

    def find(self, name: str, used: Collection[str]) -> tuple[str, Instance] | None:
        """The class that a parameter is of, and why, if what is used of it tells.

        Of the file's classes that have all of these attributes it is the one that is called as the
        parameter is, whatever others there are. Else it is the only one that has them and whose
        bases do not, if there are enough attributes.

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
