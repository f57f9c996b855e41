"""Recognizes expressions that are certainly strings, and not of a subclass of ``str``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from python_expert.analysis.nodes import children
from python_expert.tools.antipatterns.syntax import FUNCTIONS, nodes_of, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.tools.antipatterns.syntax import Function, Syntax

_MAKERS: Final = ("ascii", "bin", "chr", "format", "hex", "input", "oct", "repr", "str")
"""Builtins that return a string. ``str`` and ``format`` may return an object of a subclass; joining
and adding both treat it as a string."""

_METHODS: Final = frozenset(
    (
        "capitalize", "casefold", "center", "expandtabs", "format", "format_map", "join", "ljust",
        "lower", "lstrip", "removeprefix", "removesuffix", "replace", "rjust", "rstrip", "strip",
        "swapcase", "title", "translate", "upper", "zfill",
    )
)  # fmt: skip
"""Methods of strings that return a string."""

_CONSTANTS: Final = frozenset(
    f"string.{name}"
    for name in (
        *("ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits", "hexdigits"),
        *("octdigits", "printable", "punctuation", "whitespace"),
    )
)


def is_string(
    syntax: Syntax,
    function: Function | None,
    node: ast.expr,
    open_names: frozenset[str] = frozenset(),
) -> bool:
    """Return whether a value is certainly a string.

    Args:
        syntax: The text.
        function: The function that contains the value; None at the top level.
        node: The value.
        open_names: Names that are assumed to be strings, because this value is bound to them.
    """
    if parts := _parts(node):
        return all(is_string(syntax, function, each, open_names) for each in parts)
    match node:
        case ast.JoinedStr() | ast.Constant(value=str()):
            return True
        case ast.Name(id=name):
            return name in open_names or _is_bound_to_strings(syntax, function, name, open_names)
        case ast.Attribute():
            return syntax.origin(node) in _CONSTANTS
        case ast.Call(func=ast.Name() as maker):
            return syntax.is_builtin(maker, *_MAKERS)
    return False


def _parts(node: ast.expr) -> tuple[ast.expr, ...]:
    """Return the parts of a value that must all be strings to make it a string."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=method)) if method in _METHODS:
            return (inner,)
        case ast.BinOp(left=inner, op=ast.Mod()) | ast.Subscript(value=inner):
            return (inner,)
        case ast.BinOp(left=left, op=ast.Add(), right=right) | ast.IfExp(body=left, orelse=right):
            return left, right
    return ()


def _is_bound_to_strings(
    syntax: Syntax, function: Function | None, name: str, open_names: frozenset[str]
) -> bool:
    """Return whether a name is only bound to strings.

    A local variable is bound by its function and the functions inside it, another one anywhere.
    """
    is_local = function is not None and values(_own_nodes(function), name) != []
    scope = function if function is not None and is_local else syntax.tree
    bound = values(nodes_of([scope]), name)
    names = open_names | {name}
    return bool(bound) and all(is_string(syntax, function, each, names) for each in bound or ())


def _own_nodes(function: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function without those of scopes inside it."""
    pending = children(function)
    for node in pending:
        yield node
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            pending += children(node)
