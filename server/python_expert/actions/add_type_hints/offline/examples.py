"""Comparison of guessed results with the examples of docstrings.

An example shows a result as a literal, or compares the result with one: ``f("é") == b"e"``.
"""

from __future__ import annotations

import ast
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from python_expert.actions.add_type_hints.slots import RETURN
from python_expert.analysis.call_arguments import parsed_examples
from python_expert.analysis.nodes import last_name
from python_expert.analysis.scopes import Function
from python_expert.text.parsing import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.actions.add_type_hints.offline.guesses import Guesses
    from python_expert.analysis.source import Source

_PLAIN: Final[dict[str, tuple[type, ...]]] = {
    "bool": (bool,),
    "int": (int,),
    "float": (float, int),
    "complex": (complex, float, int),
    "str": (str,),
    "bytes": (bytes,),
    "list": (list,),
    "tuple": (tuple,),
    "dict": (dict,),
    "set": (set,),
    "frozenset": (frozenset,),
}
"""The Python classes of the values that each plain type allows."""


def without_contradicted(source: Source, guesses: Guesses) -> Guesses:
    """Return the guesses without the results that examples contradict.

    Args:
        source: The text.
        guesses: The guesses.
    """
    shown = _shown(source)
    return {
        (key, name): guess
        for (key, name), guess in guesses.items()
        if name != RETURN
        or key not in shown
        or all(_fits(value, _expression(guess.text)) for value in shown[key])
    }


@lru_cache(maxsize=1)
def _shown(source: Source) -> dict[str, list[object]]:
    """Return the results that the examples of each function show."""
    found: dict[str, list[object]] = {}
    for each in source.definitions:
        text = ast.get_docstring(each.node) if isinstance(each.node, Function) else None
        if text and ">>>" in text:
            found[each.key] = list(_results(text, each.node.name))
    return found


def _results(docstring: str, name: str) -> Iterator[object]:
    """Yield the values that the examples of a docstring show as results of a function."""
    for example in parsed_examples(docstring):
        want = _expression(example.want)
        match _expression(example.source):
            case ast.Call(func=called) if last_name(called) == name:
                shown = want
            case ast.Compare(left=ast.Call(func=called), ops=[ast.Eq()], comparators=[value]) if (
                last_name(called) == name and ast.unparse(want) == "True"
            ):
                shown = value
            case _:
                continue
        with suppress(ValueError, TypeError, MemoryError, RecursionError):  # not a literal
            yield ast.literal_eval(shown)


def _expression(text: str) -> ast.expr:
    """Return an expression of an example or a type; if it does not parse, a name."""
    try:
        statements = syntax_tree(text.strip()).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return ast.Name("_")
    match statements:
        case [ast.Expr(value=value)]:
            return value
    return ast.Name("_")


def _fits(value: object, hint: ast.expr) -> bool:
    """Return whether a value may have a type; true if the type is not a plain one."""
    match hint:
        case ast.Constant(value=None):
            return value is None
        case ast.Constant(value=str(text)):
            return _fits(value, _expression(text))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _fits(value, left) or _fits(value, right)
        case ast.Subscript(value=ast.Name(id=name) as outer, slice=inner) if name in _PLAIN:
            return _fits(value, outer) and all(
                _fits(each, part) for each, part in _members(value, inner)
            )
        case ast.Name(id=name) if name in _PLAIN:
            return isinstance(value, _PLAIN[name])
    return True


def _members(value: object, inner: ast.expr) -> Iterator[tuple[object, ast.expr]]:
    """Yield the members of a container, with their types."""
    match value, inner:
        case dict(), ast.Tuple(elts=[key, item]):
            yield from ((each, key) for each in value)
            yield from ((each, item) for each in value.values())
        case tuple(), ast.Tuple(elts=[each_type, ast.Constant(value=last)]) if last is ...:
            yield from ((each, each_type) for each in value)
        case tuple(), ast.Tuple(elts=types) if len(types) == len(value):
            yield from zip(value, types, strict=True)
        case list() | set() | frozenset(), _:
            yield from ((each, inner) for each in value)
