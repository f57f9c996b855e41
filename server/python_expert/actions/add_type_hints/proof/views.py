"""Code that iterates over the names of a module or class, which a new name changes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from python_expert.analysis.source import Source


def viewed(source: Source) -> set[str]:
    """Return the source of expressions whose names a text lists.

    ``vars``, ``dir`` and ``__dict__`` list names.
    """
    found = set()
    for node in source.nodes:
        match node:
            case ast.Call(func=ast.Name(id="vars" | "dir" | "getmembers"), args=[value, *_]):
                found.add(ast.unparse(value))
            case ast.Call(func=ast.Attribute(attr="getmembers"), args=[value, *_]):
                found.add(ast.unparse(value))
            case ast.Attribute(value=value, attr="__dict__"):
                found.add(ast.unparse(value))
            case _:
                pass
    return found


_LOOKS_UP = frozenset({"get", "pop", "setdefault", "update"})
_RUNS = frozenset({"__import__", "eval", "exec"})
"""Functions that use the module's names as the namespace of the code that they run."""


def views_names(source: Source) -> bool:
    """Return whether a text iterates over the names of its own module."""
    looked_up = {each for node in source.nodes for each in _looked_up(node)}
    return any(_is_view_of_names(node, looked_up) for node in source.nodes)


def _looked_up(node: ast.AST) -> list[ast.expr]:
    """Return the expressions in which a node looks up explicit names, or which it runs code in."""
    match node:
        case ast.Subscript(value=ast.Call(func=ast.Name(id="dir"))):
            return []  # a list of all names
        case ast.Subscript(value=value):
            return [value]
        case ast.Attribute(value=value, attr=attr) if attr in _LOOKS_UP:
            return [value]
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[value]):
            return [value]
        case ast.Call(func=ast.Name(id=name), args=args) if name in _RUNS:
            return args
        case _:
            return []


def _is_view_of_names(node: ast.AST, looked_up: set[ast.expr]) -> bool:
    """Return whether a node lists all names of its module, or passes all of them on."""
    match node:
        case ast.Call(func=ast.Name(id="dir" | "vars" | "locals"), args=[]):
            return True
        case ast.Call(func=ast.Name(id="globals")):
            return node not in looked_up
        case (
            ast.Attribute(value=value, attr="__dict__")
            | ast.Call(func=ast.Name(id="vars" | "dir" | "getmembers"), args=[value, *_])
            | ast.Call(func=ast.Attribute(attr="getmembers"), args=[value, *_])
        ) if _is_module(value):
            return node not in looked_up
        case ast.Call(func=ast.Attribute(value=value, attr="items" | "keys" | "values" | "copy")):
            return _is_namespace(value)
        case ast.For(iter=value) | ast.AsyncFor(iter=value) | ast.comprehension(iter=value):
            return any(_is_namespace(each) for each in ast.walk(value))
        case _:
            return False


def _is_module(node: ast.expr) -> bool:
    """Return whether an expression may be the module itself: ``sys.modules[__name__]``."""
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return not names.isdisjoint({"__name__", "__main__"})


def _is_namespace(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and (
        isinstance(node.func, ast.Name) and node.func.id in {"globals", "locals", "vars", "dir"}
    )
