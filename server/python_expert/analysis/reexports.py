"""Names under which a module re-exports what it imports."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.analysis.nodes import origin
from python_expert.analysis.scopes import FUNCTIONS
from python_expert.analysis.source import all_nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from python_expert.analysis.elsewhere import Converted
    from python_expert.analysis.names import Names

_ALL = "*"


def reexports(
    names: Names, path: str, known: Sequence[Converted], is_it: Callable[[str, Converted], bool]
) -> list[Converted]:
    """Return the converted definitions that other files can import from this module.

    A module that imports a definition under the same name is assumed to only use it, unless the
    module is a package. An import of the name from such a module does not certainly refer to the
    definition.

    Args:
        names: The names of the module.
        path: The module's file.
        known: The definitions that were converted in other files.
        is_it: Whether a full name refers to a converted definition.
    """
    package = Path(path).stem == "__init__"
    found = [
        known_as._replace(path=path)
        for node in all_nodes(names.tree)
        if isinstance(node, ast.ImportFrom)
        and not any(isinstance(each, (*FUNCTIONS, ast.ClassDef)) for each in names.around(node))
        for alias in node.names
        if package or alias.name == _ALL or (alias.asname or alias.name) != alias.name
        for each in known
        if (known_as := _by_import(names, node, alias, each, is_it))
    ]
    return [*dict.fromkeys(found)]


def _by_import(
    names: Names,
    node: ast.ImportFrom,
    alias: ast.alias,
    each: Converted,
    is_it: Callable[[str, Converted], bool],
) -> Converted | None:
    """Return the converted definition under the name that an import binds, or None."""
    name = alias.asname or alias.name
    full = origin(node, name)
    sure = names.parents[node] is names.tree and names.module.bound.get(name) == [node]
    doubt = "" if sure else f"{name} is not always what {full} is"
    first, _, rest = each.name.partition(".")
    if alias.name == _ALL:
        found = is_it(f"{full.removesuffix(_ALL)}{each.name}", each)
        return each._replace(why=each.why or f"{first} may be reached as {full}") if found else None
    if is_it(full, each):
        return each._replace(name=name, why=each.why or doubt)
    if rest and is_it(f"{full}.{rest}", each):
        return each._replace(name=f"{name}.{rest}", why=each.why or doubt)
    return None
