"""Functions that get a second name where they are defined, which only other files use."""

from __future__ import annotations

import ast
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from python_expert.analysis.external_bases import external_base
from python_expert.analysis.nodes import targets
from python_expert.analysis.source import all_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.scopes import Function

_ALL = "__all__"


def second_names(program: Program, function: Function) -> list[ast.Name]:
    """Yield the assignments that give functions a second name, such as ``old_name = name``.

    The second name is used nowhere else in the text, so for other files it means the same function
    and becomes async together with the function.
    """
    found = []
    for use in program.uses[function]:
        target = second_name(program, function, use.node)
        if target is not None and use.sure:
            found.append(target)
    return found


def second_name(program: Program, function: Function, node: ast.expr) -> ast.Name | None:
    """Return the second name that is assigned at a use of a function's name, or None."""
    names, holder = program.names, program.names.parents[node]
    around, made = names.parents[holder], targets(holder)
    plain = (
        len(made) == 1
        and getattr(holder, "value", None) is node
        # An annotated name may be a field of a data class.
        and not (hasattr(holder, "annotation") or hasattr(holder, "op"))
        and isinstance(node, ast.Name)
        and isinstance(around, ast.Module | ast.ClassDef)
        and around is names.parents[function]
        and names.scopes[function].bound.get(function.name) == [function]
    )
    target = made[0] if plain else None
    if not isinstance(target, ast.Name) or target.id.startswith("__"):
        return None
    if _words(program)[target.id] != 1 or external_base(program, function, target.id):
        return None
    return target


@lru_cache(maxsize=2)
def _words(program: Program) -> Counter[str]:
    """Count the occurrences of each name in a text.

    Strings count too, but ``__all__`` does not.
    """
    exported = {
        each
        for node in program.source.tree.body
        if any(getattr(each, "id", "") == _ALL for each in targets(node))
        for each in ast.walk(node)
    }
    return Counter(
        word
        for node in all_nodes(program.source.tree)
        if node not in exported
        for word in _names(node)
    )


def _names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node contains itself."""
    for _, value in ast.iter_fields(node):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str):
                yield from each.replace(":", ".").split(".")
