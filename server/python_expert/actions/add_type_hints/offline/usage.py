"""Finds operations on parameters that only one built-in type supports."""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from python_expert.analysis.function_bodies import own_nodes
from python_expert.analysis.nodes import arguments
from python_expert.analysis.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.scopes import Function

TEXT_METHODS: Final = words(
    """
    capitalize casefold center encode endswith expandtabs format isalnum isalpha isdecimal isdigit
    isidentifier islower isnumeric isspace istitle isupper join ljust lower lstrip partition
    removeprefix removesuffix rjust rpartition rsplit rstrip split splitlines startswith strip
    swapcase title translate upper zfill
    """
)
"""Methods of strings that hardly any other class except bytes has."""


def by_usage(node: Function) -> dict[str, str]:
    """Return the types that a function's body requires of its parameters."""
    names = {arg.arg for arg in arguments(node)}
    attributes: dict[str, set[str]] = defaultdict(set)
    types: dict[str, set[str]] = defaultdict(set)
    for each in own_nodes(node):
        match each:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                names.discard(name)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                attributes[name].add(attribute)
            case (
                ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), _])
                | ast.Compare(left=ast.Name(id=name), comparators=[ast.Constant(value=None)])
            ):
                names.discard(name)
            case ast.Compare() | ast.BinOp():
                for name, type_ in _with_constants(each):
                    types[name].add(type_)
    for name, used in attributes.items():
        if used & TEXT_METHODS and used <= vars(str).keys():
            types[name].add("str")
        elif "decode" in used and used <= vars(bytes).keys():
            types[name].add("bytes")
        else:
            types[name].add("")
    return {
        name: type_ for name in names if len(types[name]) == 1 for type_ in types[name] if type_
    }


def _with_constants(node: ast.Compare | ast.BinOp) -> Iterator[tuple[str, str]]:
    """Yield the names that an operator combines with a constant, with the constant's type."""
    match node:
        case (
            ast.BinOp(left=ast.Name(id=name), op=op, right=ast.Constant(value=value))
            | ast.BinOp(left=ast.Constant(value=value), op=op, right=ast.Name(id=name))
        ):
            if isinstance(value, str | bytes) and isinstance(op, ast.Add):
                yield name, type(value).__name__
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[other]):
            constants = other.elts if isinstance(other, ast.Tuple | ast.Set | ast.List) else [other]
            for each in constants:
                if isinstance(each, ast.Constant) and type(each.value) in {str, bytes, int}:
                    if isinstance(each.value, int) and not isinstance(op, ast.In | ast.NotIn):
                        continue  # floats are also compared with integer constants
                    yield name, type(each.value).__name__
