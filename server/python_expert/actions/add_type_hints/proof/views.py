"""Code that iterates over the names of a module or class: an added name changes it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from python_expert.analysis.source import Source


def viewed(source: Source) -> set[str]:
    """Expressions whose names a text lists, with ``vars``, ``dir`` or ``__dict__``."""
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


def views_names(source: Source) -> bool:
    """Whether a text looks through the names of its module."""
    return any(_is_view_of_names(node) for node in source.nodes)


def _is_view_of_names(node: ast.AST) -> bool:
    """Whether a node lists the names of its module."""
    match node:
        case ast.Call(func=ast.Name(id="dir" | "vars" | "locals"), args=[]):
            return True
        case ast.Call(func=ast.Attribute(value=value, attr="items" | "keys" | "values" | "copy")):
            return _is_globals(value)
        case ast.For(iter=value) | ast.AsyncFor(iter=value) | ast.comprehension(iter=value):
            return any(_is_globals(each) for each in ast.walk(value))
        case (
            ast.Call(func=ast.Attribute(attr="getmembers"))
            | ast.Call(func=ast.Name(id="getmembers"))
        ):
            return "__name__" in ast.dump(node)
        case _:
            return False


def _is_globals(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and (
        isinstance(node.func, ast.Name) and node.func.id in {"globals", "locals", "vars", "dir"}
    )
