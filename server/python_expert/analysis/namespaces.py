"""Calls of ``vars`` and ``dir`` that do not expose variables or functions of the program."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from python_expert.analysis.scopes import FUNCTIONS
from python_expert.analysis.source import all_nodes

if TYPE_CHECKING:
    from python_expert.analysis.names import Names

_SHOW: Final = frozenset({"builtins.vars", "builtins.dir"})
_PARSED: Final = frozenset({"parse_args", "parse_intermixed_args"})
"""Methods that return the parsed arguments of a command line."""
_MODULE: Final = "argparse."


def shows_data(names: Names, node: ast.AST) -> bool:
    """Return whether a node is ``vars`` or ``dir`` that is applied to parsed arguments.

    Without an argument, both return the local variables. For a module or a class, both return its
    functions.
    """
    call = names.parents.get(node)
    if not isinstance(call, ast.Call) or call.func is not node or len(call.args) != 1:
        return False
    named = isinstance(node, ast.Name | ast.Attribute) and names.dotted(node) in _SHOW
    return named and _is_data(names, call.args[0])


def _is_data(names: Names, node: ast.AST) -> bool:
    """Return whether an object is the result of argparse parsing a command line."""
    if isinstance(node, ast.Call):
        made, method = names.dotted(node.func), getattr(node.func, "attr", "")
        return made.startswith(_MODULE) if made else method in _PARSED - _defined(names.tree)
    slot = names.slot(node) if isinstance(node, ast.Name | ast.Attribute) else None
    values = names.values(slot) if slot else []
    return bool(values) and all(isinstance(e, ast.Call) and _is_data(names, e) for e in values)


def _defined(tree: ast.Module) -> set[str]:
    """Return the names of all functions of a text."""
    return {each.name for each in all_nodes(tree) if isinstance(each, FUNCTIONS)}
