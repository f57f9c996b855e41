"""Groups of node classes with a common meaning, including classes that older Pythons lack."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def known(*names: str) -> tuple[type[ast.AST], ...]:
    """Return the node classes, by name, that the running Python has."""
    return tuple(getattr(ast, name) for name in names if hasattr(ast, name))


TRIES = (ast.Try, ast.TryStar)
FORS = (ast.For, ast.AsyncFor)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr)
TYPE_PARAMETERS = known("TypeVar", "ParamSpec", "TypeVarTuple")
"""The nodes in the brackets of ``def f[T, **P, *Ts]``."""


def children(node: ast.AST) -> list[ast.AST]:
    """Return the direct child nodes of a node.

    The result equals that of ``ast.iter_child_nodes`` and takes half the time.
    """
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif isinstance(value, list):
            found += [each for each in value if isinstance(each, ast.AST)]
    return found


@lru_cache(maxsize=8)
def walked(tree: ast.Module) -> tuple[tuple[ast.AST, ...], Mapping[ast.AST, ast.AST]]:
    """Return all nodes and their parents, cached because a walk takes nearly as long as parsing."""
    nodes: list[ast.AST] = [tree]
    parents: dict[ast.AST, ast.AST] = {}
    for node in nodes:
        below = children(node)
        nodes += below
        parents.update(dict.fromkeys(below, node))
    return tuple(nodes), parents


def parents_of(tree: ast.Module) -> Mapping[ast.AST, ast.AST]:
    """Return the node around each node of a tree."""
    return walked(tree)[1]


def caught(handler: ast.ExceptHandler) -> list[ast.expr | None]:
    """Return the expressions of the exceptions that a handler catches; None for all."""
    return [*handler.type.elts] if isinstance(handler.type, ast.Tuple) else [handler.type]


def targets(node: ast.AST) -> list[ast.expr]:
    """Return the targets of an assignment of any form; none for other nodes."""
    if isinstance(node, ast.Assign):
        return node.targets
    if isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
        return [node.target]
    return []


def type_parameters(node: ast.AST) -> list[ast.AST]:
    """Return the type parameters that a function, class or ``type`` statement declares."""
    return list(getattr(node, "type_params", ()))


def arguments(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.arg]:
    """Return all parameters of a function, in the order of the text."""
    args = function.args
    found = [*args.posonlyargs, *args.args]
    found += [args.vararg] if args.vararg else []
    found += args.kwonlyargs
    return found + ([args.kwarg] if args.kwarg else [])


def defaults(
    function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
) -> dict[str, ast.expr]:
    """Return the defaults of a function's parameters, by name."""
    args = function.args
    positional = [*args.posonlyargs, *args.args]
    found = {
        arg.arg: default
        for arg, default in zip(reversed(positional), reversed(args.defaults), strict=False)
    }
    for arg, each in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        if each is not None:
            found[arg.arg] = each
    return found


def is_star_import(node: ast.AST) -> bool:
    """Return whether a statement imports all names of a module."""
    return isinstance(node, ast.Import | ast.ImportFrom) and node.names[0].name == "*"


def root(
    node: ast.AST, through: tuple[type[ast.expr], ...] = (ast.Attribute, ast.Subscript, ast.Call)
) -> ast.AST:
    """Return the expression at the start of a chain of attributes, items and calls.

    Args:
        node: The chain.
        through: The node types that belong to the chain.
    """
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call) and isinstance(node, through):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node


def last_name(node: ast.AST) -> str:
    """Return the last name of a dotted name, or an empty string."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def is_special(name: str) -> bool:
    """Return whether a name has double underscores on both sides, such as ``__init__``."""
    return name.startswith("__") and name.endswith("__")


def named(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node contains itself, except attribute names."""
    if isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]
        return
    for field in ("id", "arg", "name", "rest"):
        if isinstance(name := getattr(node, field, None), str):
            yield name
    if isinstance(node, ast.Global | ast.Nonlocal):
        yield from node.names


def origin(node: ast.AST, name: str) -> str:
    """Return the full name that an import binds to a name, with a dot for each relative level."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.asname == name:
                return alias.name
            if not alias.asname and alias.name.partition(".")[0] == name:
                return name
    if isinstance(node, ast.ImportFrom):
        for alias in node.names:
            if (alias.asname or alias.name) == name:
                module = "." * node.level + (node.module or "")
                return f"{module}.{alias.name}" if node.module else f"{module}{alias.name}"
    return ""


def is_checking(test: ast.expr) -> bool:
    """Return whether a condition is ``TYPE_CHECKING`` or a dotted name that ends in it."""
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute)
        and test.attr == "TYPE_CHECKING"
        and isinstance(test.value, ast.Name)
    )


def is_plain_target(target: ast.expr) -> bool:
    """Return whether a target is made of variables alone."""
    return all(
        isinstance(each, ast.Name | ast.Tuple | ast.List | ast.Starred | ast.expr_context)
        for each in ast.walk(target)
    )


def is_none(node: ast.expr | None) -> bool:
    """Return whether an expression is the constant None."""
    return isinstance(node, ast.Constant) and node.value is None


def is_string(node: ast.stmt) -> bool:
    """Return whether a statement is only a string.

    At the start of a body, such a statement is the docstring.
    """
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def first_line(node: ast.AST) -> str:
    """Return the start of a node's code, for messages."""
    return ast.unparse(node).splitlines()[0][:60]
