"""The names that strings of a program use: examples in docstrings, and code."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from python_expert.analysis.names import Names
    from python_expert.analysis.source import Source

_EXAMPLE = re.compile(r"^\s*(?:>>>|\.\.\.)(?: (.*))?$", re.MULTILINE)
_DOCTEST = ("__doc__", "__test__", "doctest")
"""Words in a text that may make doctest read strings other than docstrings."""
_WORD = re.compile(r"\b[^\W\d]\w*\b")


def in_examples(text: str) -> set[str]:
    """Return the names in the examples (``>>>``) of a docstring."""
    if ">>>" not in text:
        return set()
    return {word for code in _EXAMPLE.findall(text) for word in _WORD.findall(code)}


def is_docstring(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> bool:
    """Return whether a string is a statement of its own, which only docstring tools read."""
    return isinstance(parents.get(node), ast.Expr)


def may_be_run(node: ast.AST, source: Source, names: Names) -> bool:
    """Return whether doctest may run the examples (``>>>``) in a string, such as a docstring.

    Args:
        node: The string.
        source: The text.
        names: The text's names.
    """
    holder = names.parents.get(node)
    is_documentation = isinstance(holder, ast.keyword) and holder.arg == "doc"
    if isinstance(holder, ast.Call):
        is_documentation = "property" in ast.unparse(holder.func)
    named = any(word in source.text for word in _DOCTEST)
    return is_docstring(node, names.parents) or is_documentation or named


def example_users(
    nodes: Iterable[ast.AST], parents: Mapping[ast.AST, ast.AST], name: str
) -> list[ast.Constant]:
    """Return the docstrings whose examples use a name."""
    return [
        node
        for node in nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and is_docstring(node, parents)
        and name in in_examples(node.value)
    ]
