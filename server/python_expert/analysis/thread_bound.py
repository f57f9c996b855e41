"""Objects that belong to the thread that created them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.analysis.library import THREAD_BOUND

if TYPE_CHECKING:
    from python_expert.analysis.names import Names


def thread_bound(names: Names, node: ast.AST) -> str | None:
    """Return why the object that a node names cannot leave its thread, or None."""
    if not isinstance(node, ast.Name | ast.Attribute):
        return None
    kind = names.kind(node)
    kinds = [kind]
    if isinstance(kind, ast.ClassDef):
        kinds = [base for each in names.mro(kind) for base in names.bases(each)]
    known = (THREAD_BOUND.get(each) for each in kinds if isinstance(each, str))
    return THREAD_BOUND.get(names.dotted(node) or "") or next(filter(None, known), None)
