"""The arguments that calls pass to functions, as far as the call itself shows."""

from __future__ import annotations

import ast
import doctest
from typing import TYPE_CHECKING, Final, NamedTuple

from python_expert.analysis.nodes import known, last_name
from python_expert.text.parsing import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

UNKNOWN: Final = ""
"""The class of a value if the call does not show it."""

_KINDS: Final = (
    ((ast.JoinedStr,), "str"),
    (known("TemplateStr"), "Template"),
    ((ast.List, ast.ListComp), "list"),
    ((ast.Dict, ast.DictComp), "dict"),
    ((ast.Set, ast.SetComp), "set"),
    ((ast.Tuple,), "tuple"),
    ((ast.GeneratorExp,), "Generator"),
)
"""The classes of literals and comprehensions."""


class CallArguments(NamedTuple):
    """The arguments that one call passes to a function.

    Attributes:
        function: The function's qualified name; for a constructor, the class's qualified name.
        positional: The classes of the positional arguments up to a ``*``, ``None`` among them.
        named: The names of the keyword arguments, with the classes of their values.
    """

    function: str
    positional: tuple[str, ...]
    named: tuple[tuple[str, str], ...]


def kind_of(node: ast.expr) -> str:
    """Return the built-in class of an expression's value, or ``UNKNOWN``."""
    match node:
        case ast.Constant(value=None):
            return "None"
        case ast.Constant(value=bool() | int() | float() | complex() | str() | bytes() as value):
            return type(value).__name__
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant() as operand):
            return kind_of(operand)
        case ast.UnaryOp(op=ast.Not()):
            return "bool"
        case _:
            return next((kind for classes, kind in _KINDS if isinstance(node, classes)), UNKNOWN)


def arguments_of(
    call: ast.Call, function: str, kind: Callable[[ast.expr], str] = kind_of
) -> CallArguments:
    """Return the arguments that a call passes to a function.

    Args:
        call: The call.
        function: The function's qualified name.
        kind: Returns the class of a value.
    """
    positional: list[str] = []
    for each in call.args:
        if isinstance(each, ast.Starred):
            break
        positional.append(kind(each))
    named = tuple((each.arg, kind(each.value)) for each in call.keywords if each.arg)
    return CallArguments(function, tuple(positional), named)


def is_wrong_on_purpose(call: ast.Call, parents: Mapping[ast.AST, ast.AST]) -> bool:
    """Return whether a call is expected to fail: ``with pytest.raises(ValueError): load(1)``."""
    node: ast.AST | None = call
    while node is not None:
        items = node.items if isinstance(node, ast.With | ast.AsyncWith) else ()
        found = (each.context_expr for each in items)
        if any(isinstance(each, ast.Call) and "raises" in _called(each) for each in found):
            return True
        node = parents.get(node)
    return False


def _called(call: ast.Call) -> str:
    return last_name(call.func).lower()


def parsed_examples(text: str) -> list[doctest.Example]:
    """Return the examples (``>>>``) of a docstring; none if they cannot be parsed."""
    try:
        return doctest.DocTestParser().get_examples(text)
    except ValueError:
        return []


def examples_in(text: str, names: frozenset[str]) -> Iterator[CallArguments]:
    """Yield the arguments that examples in a docstring pass to functions and classes.

    Args:
        text: The docstring.
        names: The names of the functions and classes, without dots.
    """
    for each in parsed_examples(text):
        try:
            tree = syntax_tree(each.source)
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree) if each.exc_msg is None else ():
            if isinstance(node, ast.Call) and (name := last_name(node.func)) in names:
                yield arguments_of(node, name, _kind_or_class)


def _kind_or_class(node: ast.expr) -> str:
    """Return the class of an example's value; for a call such as ``Fraction(1, 3)``, its name."""
    name = last_name(node.func) if isinstance(node, ast.Call) else ""
    return kind_of(node) or (name if name[:1].isupper() else UNKNOWN)
