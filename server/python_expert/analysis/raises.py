"""The exceptions that a body visibly raises."""

from __future__ import annotations

import ast
import builtins
from functools import lru_cache
from typing import TYPE_CHECKING

from python_expert.analysis.source import all_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from python_expert.analysis.names import Names

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
"""Nodes whose bodies run at another time, or as another function."""

_GENERAL = {"BaseException", "Exception"}
_GROUPS = {"BaseExceptionGroup", "ExceptionGroup"}


def raised_by(
    tree: ast.Module, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the exceptions that a function's own body raises.

    Args:
        tree: The text's tree.
        node: The function.

    Returns:
        The exceptions that ruff can identify by name, and the others, both sorted.
    """
    found: set[tuple[str, bool]] = set()
    for statement in node.body:
        found.update(_raised(statement, None))
    names = {name for name, _ in found}
    known = _known(tree)
    clear = {name for name, clear in found if clear and name.partition(".")[0] in known}
    clear -= _GENERAL
    return tuple(sorted(clear)), tuple(sorted(names - clear))


@lru_cache(maxsize=4)
def _known(tree: ast.Module) -> frozenset[str]:
    """Return the names with one meaning in the whole text.

    These are builtins, imports, functions and classes.
    """
    known = {name for name, value in vars(builtins).items() if _is_exception(value)}
    for node in all_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            known.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            known.add(statement.name)
    return frozenset(known)


def _is_exception(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, BaseException)


def _raised(node: ast.AST, handler: ast.ExceptHandler | None) -> Iterator[tuple[str, bool]]:
    """Yield the exceptions raised in a statement, and whether each is raised under its own name.

    Args:
        node: The statement.
        handler: The innermost handler around it; a bare ``raise`` raises its exception again.
    """
    if isinstance(node, SCOPES):
        return
    if isinstance(node, ast.Raise):
        yield from _named(node.exc, handler)
        return
    if isinstance(node, ast.ExceptHandler):
        handler = node
    for child in ast.iter_child_nodes(node):
        yield from _raised(child, handler)


def _named(
    raised: ast.expr | None, handler: ast.ExceptHandler | None
) -> Iterator[tuple[str, bool]]:
    caught, is_clear = handler.type if handler else None, True
    if isinstance(raised, ast.Name) and handler and raised.id == handler.name:
        is_clear = not any(
            isinstance(each, ast.Name) and each.id == raised.id and isinstance(each.ctx, ast.Store)
            for each in ast.walk(handler)
        )
        raised = None
    if raised is None:
        candidates = caught.elts if isinstance(caught, ast.Tuple) else [caught]
        for each in candidates:
            if isinstance(each, ast.Name | ast.Attribute):
                name = ast.unparse(each)
                yield name, is_clear and name not in _GROUPS  # ruff overlooks groups raised again
        return
    if isinstance(raised, ast.Call):
        raised = raised.func
    if isinstance(raised, ast.Attribute):
        yield ast.unparse(raised), True
        return
    first = next((each for each in ast.walk(raised) if isinstance(each, ast.Name)), None)
    if first is not None:
        yield first.id, first is raised


def is_named_error(names: Names, node: ast.expr, known: AbstractSet[str]) -> bool:
    """Return whether an expression is an exception class of the text that has an empty body.

    Args:
        names: The names of the text.
        node: The expression.
        known: The full names of the exceptions that the class may inherit from.
    """
    made = names.class_named(node)
    mro = names.mro(made) if made is not None else []
    bases = [base for each in mro for base in names.bases(each)]
    plain = (
        not each.keywords and not each.decorator_list and all(map(_is_empty, each.body))
        for each in mro
    )
    if any(map(_sets_special, all_nodes(names.tree))):
        return False
    return bool(bases) and all(plain) and all(e in known or e in mro for e in bases)


def _sets_special(node: ast.AST) -> bool:
    """Return whether a statement may set a special method on an existing class."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        keys = [getattr(each, "value", "__") for each in node.args[1:2]]
        return node.func.id == "setattr" and str(*keys).startswith("__")
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and node.attr.startswith("__")
    )


def _is_empty(node: ast.stmt) -> bool:
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return text or isinstance(node, ast.Pass)
