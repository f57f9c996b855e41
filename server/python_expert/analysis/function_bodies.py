"""The nodes of a function's own code, and where ``await`` is allowed among them."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from python_expert.analysis.nodes import type_parameters
from python_expert.analysis.scopes import FUNCTIONS, Function

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.analysis.names import Names


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function's body, without nested functions, classes and lambdas."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)


def is_generator(function: Function) -> bool:
    """Return whether a function yields."""
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own_nodes(function))


def ends(body: Sequence[ast.stmt]) -> bool:
    """Return whether code after some statements is unreachable."""
    last = body[-1]
    if isinstance(last, ast.If):
        return bool(last.orelse) and ends(last.body) and ends(last.orelse)
    return isinstance(last, ast.Return | ast.Raise)


def only_returns(function: Function) -> bool:
    """Return whether a sync function only returns one call."""
    body = [each for each in function.body if not isinstance(each, ast.Expr)]
    texts = [each for each in function.body if isinstance(each, ast.Expr)]
    return (
        isinstance(function, ast.FunctionDef)
        and not function.decorator_list
        and len(body) == 1
        and isinstance(body[0], ast.Return)
        and all(isinstance(each.value, ast.Constant) for each in texts)
    )


def _is_generic(node: ast.AST) -> bool:
    """Return whether a node is evaluated in a scope of type parameters, and its types lazily."""
    alias = sys.version_info >= (3, 12) and isinstance(node, ast.TypeAlias)
    return alias or bool(type_parameters(node))


def obstacle(names: Names, node: ast.AST) -> str | None:
    """Return why ``await`` is not allowed at a node of an async function, or None."""
    inner, first = node, False
    for outer in names.around(node):
        if isinstance(outer, ast.comprehension):
            around = names.parents[outer]
            first = (
                isinstance(around, ast.GeneratorExp)
                and around.generators[0] is outer
                and outer.iter is inner
            )
        elif isinstance(outer, ast.GeneratorExp) and not first:
            return "a generator expression"
        elif isinstance(outer, ast.Lambda):
            return "a lambda"
        elif isinstance(outer, FUNCTIONS):
            inside = any(inner is each for each in outer.body)
            return None if inside else "a default value, a decorator or an annotation"
        elif isinstance(outer, ast.ClassDef) and any(inner is each for each in outer.body):
            return "the body of a class"
        elif _is_generic(outer) and inner not in getattr(outer, "decorator_list", ()):
            return "a type alias or the header of a generic class"
        inner = outer
    return None
