"""Formats parts of a text for a model."""

from __future__ import annotations

import ast
import copy
import textwrap
from typing import TYPE_CHECKING

from python_expert.analysis.library import AT_MAKING
from python_expert.analysis.nodes import TYPE_PARAMETERS
from python_expert.analysis.scopes import Function

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from python_expert.analysis.source import Definition, DefinitionNode, Source


LONGEST_SIGNATURE = 400
"""The most characters of a signature that is shown."""

_FIELDS_SHOWN = 8
_INDENT = "    "


def code_of(source: Source, definition: Definition) -> str:
    """Return a function's lines; for a method, below the header of its class."""
    (first, _), (last, _) = definition.range
    text = textwrap.dedent("".join(source.lines[first : last + 1]))
    if definition.is_method:
        return f"{header(definition.parents[-1])}\n{textwrap.indent(text, _INDENT)}"
    return text


def outline_of(source: Source, definition: Definition, keep: Callable[[ast.stmt], bool]) -> str:
    """Return a class with only some of the statements of its body, unchanged."""
    node = definition.node
    first, start = definition.range.start.line, source.range(node.body[0]).start.line
    if start == node.lineno - 1:
        return code_of(source, definition)
    lines = source.lines[first:start]
    while lines and lines[-1].lstrip().startswith(("#", "\n", "\r")):
        lines.pop()
    for statement in filter(keep, node.body):
        where = source.range(statement)
        lines += source.lines[where.start.line : where.end.line + 1]
    return textwrap.dedent("".join(lines))


def header(node: DefinitionNode) -> str:
    """Return a definition's header on one line, without decorators and without its body."""
    bare = copy.copy(node)
    bare.body = [ast.Expr(ast.Constant(...))]
    bare.decorator_list = []
    return ast.unparse(bare).removesuffix("\n    ...")


def signature(node: DefinitionNode) -> str:
    """Return a definition for its users: a header, or a class with its fields."""
    if isinstance(node, Function):
        return f"{header(node)} ..."
    members: list[str] = []
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and len(members) < _FIELDS_SHOWN:
            members.append(f"{ast.unparse(each.target)}: {ast.unparse(each.annotation)}")
        elif isinstance(each, Function) and (is_constructor(each) or _is_protocol(node)):
            members.append(f"{header(each)} ...")
    if not members:
        return f"{header(node)} ..."
    return "\n".join([header(node), *(_INDENT + each for each in members)])


def is_constructor(node: ast.stmt) -> bool:
    """Return whether a class body's statement is a method that creates or initializes objects."""
    return isinstance(node, Function) and node.name in AT_MAKING


def names_used(node: DefinitionNode) -> list[str]:
    """Return the dotted names that a definition reads and does not define, in order."""
    own = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)} - {"self", "cls"}
    own |= {
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
    }
    own |= {
        getattr(each, "name", "") for each in ast.walk(node) if isinstance(each, TYPE_PARAMETERS)
    }
    found = sorted(_chains(node))
    return list(dict.fromkeys(name for *_, name in found if name.partition(".")[0] not in own))


def _chains(node: ast.AST) -> Iterator[tuple[int, int, str]]:
    """Yield the names in a tree, each with its attribute chain and its position."""
    if isinstance(node, ast.Name | ast.Attribute):
        parts, inner = [], node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value  # type: ignore[assignment]  # the loop ends at any expression
        if isinstance(inner, ast.Name):
            yield node.lineno, node.col_offset, ".".join([inner.id, *reversed(parts)])
            return
    for child in ast.iter_child_nodes(node):
        yield from _chains(child)


def _is_protocol(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).partition("[")[0].endswith("Protocol") for base in node.bases)
