"""Whether a number may be negative, according to the text."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.analysis.function_bodies import own_nodes
from python_expert.analysis.nodes import ASSIGNMENTS, defaults
from python_expert.analysis.scopes import FUNCTIONS
from python_expert.analysis.threads import uses_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.names import Names

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
    """Return whether a number results from a subtraction or a negative constant.

    Args:
        program: The text.
        node: The expression; variables and functions of the text are followed.
    """
    return any(map(_is_less, _all_sources(program, node)))


def is_unknown(program: Program, node: ast.AST) -> bool:
    """Return whether a number results from anything but constants, such as a parameter.

    Args:
        program: The text.
        node: The expression; variables and functions of the text are followed.
    """
    return any(_is_unknown(program, each) for each in _all_sources(program, node))


def _is_unknown(program: Program, node: ast.AST) -> bool:
    """Return whether the sign of an expression cannot be derived from other expressions."""
    names = program.names
    if isinstance(node, ast.arg):
        return True
    if isinstance(node, ast.Name | ast.Attribute):
        slot = names.slot(node)
        return slot is None or None in (values := names.values(slot)) or not values
    is_known = isinstance(node, ast.Constant) or _is_positive(names, node)
    return not is_known and not any(_sources(program, node))


def _all_sources(program: Program, node: ast.AST) -> list[ast.AST]:
    """Return an expression and all expressions that determine its sign."""
    seen = dict.fromkeys([node])
    waiting = [node]
    for one in waiting:
        more = [each for each in _sources(program, one) if each not in seen]
        seen.update(dict.fromkeys(more))
        waiting += more
    return waiting


def _is_positive(names: Names, node: ast.AST) -> bool:
    """Return whether an expression is ``max(0, ...)``."""
    return (
        isinstance(node, ast.Call)
        and names.dotted(node.func) == "builtins.max"
        and not node.keywords
        and any(isinstance(each, ast.Constant) and not _is_less(each) for each in node.args)
    )


def _is_less(node: ast.AST) -> bool:
    """Return whether an expression is a negation or a difference."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and node.value.lstrip().startswith("-")
    return isinstance(getattr(node, "op", None), ast.Sub | ast.USub)


def _sources(program: Program, node: ast.AST) -> Iterator[ast.AST]:
    """Yield the expressions that determine the sign of a number."""
    names = program.names
    for name in _PARTS.get(type(node), ()):
        value = getattr(node, name)
        yield from value if isinstance(value, list) else [value]
    if isinstance(node, ast.BinOp):
        yield from [node.left] if isinstance(node.op, ast.Pow) else [node.left, node.right]
    elif isinstance(node, ast.Call):
        for use in uses_at(program, node.func):
            yield from (each for each in own_nodes(use.function) if isinstance(each, ast.Return))
        has_sign = names.dotted(node.func) in _SAME_SIGN and not _is_positive(names, node)
        yield from node.args if has_sign else ()
    elif isinstance(node, ast.arg):
        yield from _arguments(program, node)
    elif isinstance(node, ast.Name | ast.Attribute) and (slot := names.slot(node)):
        yield from (value for value in names.values(slot) if value is not None)
        bound = names.bindings(node) if isinstance(node, ast.Name) else []
        yield from (names.parents[e] for e in bound if isinstance(names.parents[e], ast.AugAssign))


def _arguments(program: Program, parameter: ast.arg) -> Iterator[ast.expr]:
    """Yield a parameter's default, and what the text's calls pass for it."""
    names = program.names
    function = names.parents[names.parents[parameter]]
    if not isinstance(function, FUNCTIONS):
        return
    if default := defaults(function).get(parameter.arg):
        yield default
    positional = [*function.args.posonlyargs, *function.args.args]
    place = positional.index(parameter) if parameter in positional else -1
    for use in program.uses.get(function, ()):
        call = names.parents.get(use.node)
        if not isinstance(call, ast.Call) or call.func is not use.node:
            continue
        yield from (each.value for each in call.keywords if each.arg == parameter.arg)
        # A method may be called by its object or by its class.
        places = {place, place - 1} if names.class_of(function) and place > 0 else {place}
        for at, each in enumerate(call.args):
            # Unpacked values may be any of the arguments.
            yield from [each] if at in places else []
            yield from _items(each.value) if isinstance(each, ast.Starred) else []
        unpacked = (each.value for each in call.keywords if each.arg is None)
        yield from (each for value in unpacked for each in _items(value))


def _items(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the items of a list, tuple or dictionary display."""
    if isinstance(node, ast.List | ast.Tuple):
        yield from node.elts
    elif isinstance(node, ast.Dict):
        yield from node.values
