"""The values that other open files store in the attributes of a module's objects, by name.

mypy keeps no types of other files' expressions, and may not have checked their functions, so an
attribute is recognized by its name only.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from mypy.types import Instance, NoneType, get_proper_type

if TYPE_CHECKING:
    from collections.abc import Collection

    from mypy.nodes import Var
    from mypy.types import Type

    from .buffers import Buffer


class DistantStore(NamedTuple):
    """A place where a file stores a value in an attribute.

    Attributes:
        name: The attribute.
        lines: The lines, 0-based.
        constant: The class of the value if the value is a constant, otherwise empty.
        is_own: Whether the object is the method's own object.
    """

    name: str
    lines: range
    constant: str
    is_own: bool


class DistantStores:
    """The attributes in which other files store values.

    Args:
        buffers: These files.
        codes: The codes of mypy's findings that contradict the type of an attribute.
    """

    def __init__(self, buffers: Collection[Buffer], codes: Collection[str]) -> None:
        self._files = [
            (
                buffer.text,
                {each["line"] for each in buffer.result["findings"] if each["code"] in codes},
            )
            for buffer in buffers
        ]

    def contradict(self, variable: Var) -> bool:
        """Return whether another file stores a value of another class in a module's variable."""
        owner = variable.info.name if variable.info else ""
        for text, wrong in self._files:
            for store in _stores(text) if variable.name in text else ():
                is_other = store.is_own and owner not in text
                if store.name != variable.name or is_other or (store.is_own and not owner):
                    continue
                if not wrong.isdisjoint(store.lines) or _differs(store.constant, variable.type):
                    return True
        return False


@lru_cache(maxsize=512)
def _stores(text: str) -> tuple[DistantStore, ...]:
    """Return the places where a file stores values in attributes."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign | ast.AugAssign):
            continue
        value = node.value if isinstance(node, ast.Assign) else None
        constant = type(value.value).__name__ if isinstance(value, ast.Constant) else ""
        lines = range(node.lineno - 1, node.end_lineno or node.lineno)
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            inner = target
            while isinstance(inner, ast.Subscript):
                inner = inner.value
            if isinstance(inner, ast.Attribute):
                is_own = isinstance(inner.value, ast.Name) and inner.value.id in {"self", "cls"}
                shown = constant if inner is target else ""
                found.append(DistantStore(inner.attr, lines, shown, is_own))
    return tuple(found)


def _differs(constant: str, type_: Type | None) -> bool:
    """Return whether a constant's class is not the class of a variable's values."""
    plain = get_proper_type(type_)
    if not constant or constant == "ellipsis":
        return False
    if constant == "NoneType":
        return isinstance(plain, Instance)
    if isinstance(plain, NoneType):
        return True
    accepted = {"bool": {"bool", "int"}, "int": {"int", "float"}}.get(constant, {constant})
    return isinstance(plain, Instance) and plain.type.fullname not in {
        "builtins.object",
        *(f"builtins.{each}" for each in accepted),
    }
