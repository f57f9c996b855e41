"""The names that the statements of a function bind and use, by syntax."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from python_expert.analysis.nodes import targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BLOCKS: Final = frozenset({"body", "orelse", "finalbody", "handlers", "cases"})


def bindings(node: ast.AST) -> Iterator[tuple[set[str], ast.expr]]:
    """Yield the names that a node binds, with the expression of their value."""
    pairs: list[tuple[ast.AST, ast.expr]] = []
    value = getattr(node, "value", None)
    if value is not None:
        pairs = [(target, value) for target in targets(node)]
    if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        pairs = [(node.target, node.iter)]
    if isinstance(node, ast.withitem) and node.optional_vars:
        pairs = [(node.optional_vars, node.context_expr)]
    for target, given in pairs:
        names = {each.id for each in ast.walk(target) if isinstance(each, ast.Name)}
        yield names, given


def own_parts(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a statement that are not statements themselves."""
    if not isinstance(node, ast.stmt):
        return [node]
    found: list[ast.AST] = []
    for name, value in ast.iter_fields(node):
        if name not in _BLOCKS or not isinstance(value, list):
            parts = value if isinstance(value, list) else [value]
            found += [each for each in parts if isinstance(each, ast.AST)]
    return found


def names_in(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that some nodes use or bind."""
    return {each.id for node in nodes for each in ast.walk(node) if isinstance(each, ast.Name)}
