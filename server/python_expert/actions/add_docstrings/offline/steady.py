"""Checks whether a condition that a function tests also holds when the function is called."""

from __future__ import annotations

import ast
import builtins
from collections import deque
from typing import TYPE_CHECKING

from python_expert.analysis.nodes import FORS, root

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_RUNS = {"next", "setattr", "delattr", "exec", "eval", "compile", "input", "open", "map", "filter"}
_BUILTINS = {name for name in dir(builtins) if name[:1].islower()} - _RUNS
_MODULES = {"os.path", "re", "inspect", "math", "typing", "logging", "warnings", "operator"}
_READERS = {
    *dir(str), "get", "keys", "values", "items", "copy", "match", "fullmatch", "search",
    "debug", "info", "warning", "isEnabledFor",
} - {"__setattr__", "__delattr__"}  # fmt: skip
"""Methods that change nothing, except perhaps a log."""

CONTAINER_METHODS = {
    name for kind in (list, dict, set, tuple, str, bytes, deque) for name in dir(kind)
}

_ONLY_THE_KIND = {"isinstance", "issubclass", "callable", "type", "hasattr", "id"}
"""Functions whose result does not depend on an object's content."""


def is_harmless(call: ast.Call) -> bool:
    """Return whether a call has no effect that the caller can observe, judged by its name."""
    func = call.func
    if isinstance(func, ast.Attribute):
        return func.attr in _READERS or ast.unparse(func.value) in _MODULES
    return isinstance(func, ast.Name) and func.id in _BUILTINS


def is_steady(test: ast.expr, ran: Sequence[ast.AST]) -> bool:
    """Return whether no earlier code may change the values that a condition reads.

    Args:
        test: The condition.
        ran: The statements that may have run since the call, in order.
    """
    for name, is_deep in _names(test):
        at = _where_set(name, ran)
        if at is not None:
            made = ran[at]
            value = getattr(made, "value", None)
            is_plain = isinstance(made, ast.Assign) and len(made.targets) == 1
            if not is_plain or value is None or not is_steady(value, ran[:at]):
                return False
        after = ran if at is None else ran[at + 1 :]
        if is_deep and any(_changes(each, name) for each in _parts(after)):
            return False
    reads = any(isinstance(each, ast.Attribute) for each in _read(test))
    return not (reads and any(_runs_code(each) for each in _parts(ran)))


def _where_set(name: str, ran: Sequence[ast.AST]) -> int | None:
    for at in range(len(ran) - 1, -1, -1):
        for each in ast.walk(ran[at]):
            if isinstance(each, ast.Name) and each.id == name:
                if not isinstance(each.ctx, ast.Load):
                    return at
            elif isinstance(each, ast.alias):
                if name == (each.asname or each.name):
                    return at
            elif name in {getattr(each, "name", None), getattr(each, "rest", None)}:
                return at  # bound by a handler, pattern or definition
    return None


def _parts(ran: Sequence[ast.AST]) -> Iterator[ast.AST]:
    return (each for statement in ran for each in ast.walk(statement))


def _names(test: ast.expr) -> Iterator[tuple[str, bool]]:
    """Yield the names in a condition, and whether a change in the object affects the condition."""
    shallow = set()
    for each in ast.walk(test):
        match each:
            case ast.Compare(left=left, ops=ops, comparators=others):
                values = [left, *others]
                is_value = all(isinstance(value, ast.Constant | ast.Tuple) for value in others)
                for at, value in enumerate(values):
                    op = ops[max(at - 1, 0)]
                    is_in = isinstance(op, ast.In | ast.NotIn)
                    is_ordered = not is_in and not isinstance(op, ast.Eq | ast.NotEq)
                    if is_value or is_ordered or (is_in and at == 0):
                        shallow.add(value)
            case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in _ONLY_THE_KIND:
                shallow.add(first)
            case ast.Call(func=func):
                shallow.add(func)
            case _:
                pass
    for each in ast.walk(test):
        if isinstance(each, ast.Name):
            yield each.id, each not in shallow


def _read(test: ast.expr) -> Iterator[ast.AST]:
    """Yield the parts of a condition that read a value, without the names of called functions."""
    called = {each.func for each in ast.walk(test) if isinstance(each, ast.Call)}
    modules = {
        each
        for each in ast.walk(test)
        if isinstance(each, ast.Attribute) and each.attr[:1].isupper()
    }
    return (each for each in ast.walk(test) if each not in called | modules)


def _changes(node: ast.AST, name: str) -> bool:
    """Return whether a node may change the object of a name."""
    if isinstance(node, ast.Call) and not is_harmless(node):
        given: list[ast.AST] = [*node.args, *(each.value for each in node.keywords)]
        if isinstance(node.func, ast.Attribute):
            given.append(root(node.func))
        return any(isinstance(each, ast.Name) and each.id == name for each in given)
    is_store = isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(
        node.ctx, ast.Load
    )
    changed = root(node) if is_store else None
    return isinstance(changed, ast.Name) and changed.id == name


def _runs_code(node: ast.AST) -> bool:
    """Return whether a node may run code that sets attributes."""
    if isinstance(node, ast.Call):
        return not is_harmless(node)
    waits = (ast.Await, ast.Yield, ast.YieldFrom)
    return isinstance(node, (*waits, *FORS, ast.With, ast.AsyncWith))
