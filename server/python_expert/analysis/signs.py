"""Whether a number may be negative, according to the text."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.analysis.function_bodies import own_nodes
from python_expert.analysis.nodes import ASSIGNMENTS
from python_expert.analysis.threads import uses_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.call_graph import Program

_SAME_SIGN = frozenset(
    {"builtins.round", "builtins.float", "builtins.int", "builtins.min", "builtins.sum"}
    | {"random.uniform", "math.floor", "math.ceil", "builtins.max", "decimal.Decimal"}
)
_PARTS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.IfExp: ("body", "orelse"),
    ast.BoolOp: ("values",),
    **dict.fromkeys((ast.Await, ast.Return, *ASSIGNMENTS), ("value",)),
}


def is_negative(program: Program, node: ast.AST) -> bool:
    """Whether a number results from a subtraction or a negative constant.

    Args:
        program: The text.
        node: The expression; variables and functions of the text are followed.
    """
    seen = dict.fromkeys([node])
    waiting = [node]
    for one in waiting:
        if _is_less(one):
            return True
        more = [each for each in _sources(program, one) if each not in seen]
        seen.update(dict.fromkeys(more))
        waiting += more
    return False


def _is_less(node: ast.AST) -> bool:
    """Whether an expression is a negation or a difference."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and node.value.lstrip().startswith("-")
    return isinstance(getattr(node, "op", None), ast.Sub | ast.USub)


def _sources(program: Program, node: ast.AST) -> Iterator[ast.AST]:
    """The expressions that determine the sign of a number."""
    names = program.names
    for name in _PARTS.get(type(node), ()):
        value = getattr(node, name)
        yield from value if isinstance(value, list) else [value]
    if isinstance(node, ast.BinOp):
        yield from [node.left] if isinstance(node.op, ast.Pow) else [node.left, node.right]
    elif isinstance(node, ast.Call):
        for use in uses_at(program, node.func):
            yield from (each for each in own_nodes(use.function) if isinstance(each, ast.Return))
        full = names.dotted(node.func)
        positive = full == "builtins.max" and any(
            isinstance(each, ast.Constant) and not _is_less(each) for each in node.args
        )
        yield from node.args if full in _SAME_SIGN and not positive else ()
    elif isinstance(node, ast.Name | ast.Attribute) and (slot := names.slot(node)):
        yield from (value for value in names.values(slot) if value is not None)
        bound = names.bindings(node) if isinstance(node, ast.Name) else []
        yield from (names.parents[e] for e in bound if isinstance(names.parents[e], ast.AugAssign))
