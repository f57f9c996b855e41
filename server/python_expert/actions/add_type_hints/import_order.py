"""Sorts imports, and the names in them, as ruff and isort do."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from python_expert.actions.add_type_hints.rerendering import Needed

Import = ast.Import | ast.ImportFrom


def section_of(module: str) -> int:
    """Return the sort order of a module's section.

    The order is ``__future__``, standard library, others, relative.
    """
    if module == "__future__":
        return 0
    if module.startswith("."):
        return 3
    return 1 if module.partition(".")[0] in sys.stdlib_module_names else 2


def key_of(node: Import) -> tuple[int, int, str]:
    """Return the sort key of an import: its section, ``import`` before ``from``, and its module."""
    if isinstance(node, ast.Import):
        return section_of(node.names[0].name), 0, node.names[0].name.lower()
    module = "." * node.level + (node.module or "")
    return section_of(module), 1, module.lower()


def order(name: str) -> tuple[int, str]:
    """Return the sort key of a name in an import: constants, classes, then the rest."""
    if name.isupper() and len(name) > 1:
        return 0, name
    return (1 if name[:1].isupper() else 2), name.lower()


def aliased(each: Needed) -> str:
    """Return a name as written in an import."""
    return each.name if each.alias == each.name else f"{each.name} as {each.alias}"


def by_name(each: Needed) -> tuple[int, str]:
    """Return the sort key of a needed name in an import."""
    return order(each.name)
