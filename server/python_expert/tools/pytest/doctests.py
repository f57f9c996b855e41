"""The docstrings of a module whose examples pytest runs, found by its syntax."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.source import DefinitionNode

PROMPT = ">>>"
"""The prompt at the start of an example."""


def examples(tree: ast.Module, module: str) -> Iterator[tuple[str, DefinitionNode | None]]:
    """Yield the docstrings with examples, with pytest's names and their definitions.

    pytest does not collect docstrings of functions within functions.

    Args:
        tree: The module.
        module: The name that it has when pytest imports it.

    Yields:
        The test's id in the file, and the definition; None for the module.
    """
    if _has_examples(tree):
        yield module, None
    yield from _within(tree.body, module)


def _within(body: list[ast.stmt], outer: str) -> Iterator[tuple[str, DefinitionNode]]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                name = f"{outer}.{node.name}"
                if _has_examples(node):
                    yield name, node
                if isinstance(node, ast.ClassDef):
                    yield from _within(node.body, name)
            case ast.If() | ast.Try() | ast.TryStar():
                yield from _within([*node.body, *node.orelse], outer)
            case ast.With() | ast.AsyncWith():
                yield from _within(node.body, outer)


def _has_examples(node: DefinitionNode | ast.Module) -> bool:
    text = ast.get_docstring(node, clean=False) or ""
    if PROMPT not in text:
        return False
    import doctest  # noqa: PLC0415 - it imports unittest and pdb, and most files have no examples

    try:
        return bool(doctest.DocTestParser().get_examples(text))
    except ValueError:  # pytest reports the error
        return True
