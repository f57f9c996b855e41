"""The syntax nodes around a place of a text."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from python_expert.analysis.source import Source
    from python_expert.text.document import Range


def enclosing(source: Source, where: Range) -> list[ast.AST]:
    """Return the nodes around a place, innermost first, without the module.

    Args:
        source: The text.
        where: The place; 0-based, in code points.
    """
    found: list[ast.AST] = []
    node: ast.AST | None = source.tree
    while node is not None:
        children = ast.iter_child_nodes(node)
        node = next((each for each in children if _covers(source, each, where)), None)
        found[:0] = [node] if node else []
    return found


def _covers(source: Source, node: ast.AST, where: Range) -> bool:
    if isinstance(node, ast.expr | ast.arg | ast.keyword):
        around = source.range(node)
        return around.start <= where.start and where.end <= around.end
    lines = _lines(node)
    return bool(lines) and lines[0] <= where.start.line + 1 and where.end.line < lines[-1]


def _lines(node: ast.AST) -> list[int]:
    """Return the first and last line of a node with its decorators.

    Line numbers are 1-based. The list is empty if the node has no lines.
    """
    own = getattr(node, "lineno", None)
    if own is None:  # arguments, items of a with statement and the like
        inner = sorted(line for each in ast.iter_child_nodes(node) for line in _lines(each))
        return inner[:1] + inner[-1:]
    decorators = [each.lineno for each in getattr(node, "decorator_list", ())]
    return [min([own, *decorators]), getattr(node, "end_lineno", None) or own]
