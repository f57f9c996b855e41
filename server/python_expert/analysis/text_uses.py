"""The names that strings of a program use: examples in docstrings, and code."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_EXAMPLE = re.compile(r"^\s*(?:>>>|\.\.\.)(?: (.*))?$", re.MULTILINE)
_WORD = re.compile(r"\b[^\W\d]\w*\b")


def in_examples(text: str) -> set[str]:
    """The names in the examples (``>>>``) of a docstring."""
    if ">>>" not in text:
        return set()
    return {word for code in _EXAMPLE.findall(text) for word in _WORD.findall(code)}


def is_docstring(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> bool:
    """Whether a string is a statement of its own, which nothing but a docstring's reader reads."""
    return isinstance(parents.get(node), ast.Expr)


def example_users(
    nodes: Iterable[ast.AST], parents: Mapping[ast.AST, ast.AST], name: str
) -> list[ast.Constant]:
    """The docstrings whose examples use a name."""
    return [
        node
        for node in nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and is_docstring(node, parents)
        and name in in_examples(node.value)
    ]
