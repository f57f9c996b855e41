"""Modules and classes that are passed as values, so that other code may look up their names."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.analysis.nodes import last_name
from python_expert.analysis.scopes import FUNCTIONS

if TYPE_CHECKING:
    from python_expert.analysis.names import Names

BY_NAME = frozenset(
    {"import_module", "__import__", "modules", "resolve_name", "run_module", "run_path", "locate"}
)
"""Words that occur in texts which look up modules by name."""

_NAMESPACE = "__dict__"
_CHECKS = frozenset({"isinstance", "issubclass"})


def is_looked_into(names: Names, node: ast.expr) -> bool:
    """Return whether other code may look up any name in a module or class at an expression.

    Lookups of one name, such as ``module.name`` and ``getattr(module, "name")``, do not count.
    Neither do conditions.
    """
    parent = names.parents[node]
    if isinstance(parent, ast.Attribute) and parent.attr == _NAMESPACE:
        return True
    if isinstance(parent, ast.Attribute | ast.Compare | ast.UnaryOp | ast.If | ast.While):
        return False
    if isinstance(parent, ast.IfExp):
        return node is not parent.test
    if not isinstance(parent, ast.Call) or node not in parent.args:
        return True
    after = parent.args[parent.args.index(node) + 1 :]
    return not (after and isinstance(after[0], ast.Constant) and isinstance(after[0].value, str))


def is_class_passed(names: Names, node: ast.expr) -> bool:
    """Return whether a class is used as a value.

    Calls, inheritance and type annotations do not count.
    """
    inner: ast.AST = node
    for outer in names.around(node):
        if isinstance(outer, ast.Attribute) or inner is getattr(outer, "annotation", None):
            return getattr(outer, "attr", "") == _NAMESPACE
        if isinstance(outer, ast.ClassDef | ast.ExceptHandler):
            return inner not in getattr(outer, "bases", [inner])
        if isinstance(outer, FUNCTIONS):
            return inner is not outer.returns
        if isinstance(outer, ast.Call):
            return inner is not outer.func and last_name(outer.func) not in _CHECKS
        if isinstance(outer, ast.stmt | ast.keyword | ast.Lambda):
            return True
        inner = outer
    return True
