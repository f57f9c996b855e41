"""Tracks where parameters still have their argument's value, and where it is passed on."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final, NamedTuple

from python_expert.actions.add_type_hints.offline.callers import bound
from python_expert.analysis.call_arguments import UNKNOWN, arguments_of
from python_expert.analysis.function_bodies import own_nodes
from python_expert.analysis.nodes import COMPREHENSIONS, arguments, targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from python_expert.analysis.call_arguments import CallArguments
    from python_expert.analysis.scopes import Function
    from python_expert.analysis.source import Source

NEVER: Final = (0, 0)
ALWAYS: Final = (1 << 30, 0)
"""A place before all others, and a place after all others."""


def passed_on(function: Function) -> list[CallArguments]:
    """Find the calls of functions, by name, that get parameters unchanged.

    The result has the names of these parameters in place of the arguments' classes.
    """
    nodes = list(own_nodes(function))
    until = unchanged_until(function, nodes)

    def parameter(node: ast.expr) -> str:
        name = node.id if isinstance(node, ast.Name) else ""
        return name if place_of(node) < until.get(name, NEVER) else UNKNOWN

    return [
        arguments_of(node, node.func.id, parameter)
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]


class PassedOn(NamedTuple):
    """A parameter that a function passes on unchanged to a top-level function of its text.

    Attributes:
        function: The function.
        caller: Its key.
        name: Its parameter.
        key: The called function's key.
        parameter: The called function's parameter.
    """

    function: Function
    caller: str
    name: str
    key: str
    parameter: str


def all_passed_on(source: Source) -> Iterator[PassedOn]:
    """Yield the parameters that the functions of a text pass on to its top-level functions."""
    top = {each.qualname: each for each in source.definitions if not each.parents}
    for each in source.definitions:
        if isinstance(each.node, ast.ClassDef):
            continue
        for call in passed_on(each.node):
            callee = top.get(call.function)
            for key, parameter, name in bound(callee, call) if callee else ():
                yield PassedOn(each.node, each.key, name, key, parameter)


def in_conditions(function: Function) -> set[str]:
    """Return the names in a body's conditions, which may not hold for a later use."""
    found: set[str] = set()
    for node in own_nodes(function):
        tests: Sequence[ast.expr] = ()
        match node:
            case ast.BoolOp(values=parts) | ast.comprehension(ifs=parts):
                tests = parts
            case ast.Match(subject=test):
                tests = (test,)
            case ast.If() | ast.IfExp() | ast.While() | ast.Assert():
                tests = (node.test,)
        walked = (part for each in tests for part in ast.walk(each))
        found.update(part.id for part in walked if isinstance(part, ast.Name))
    return found


def stored(function: Function) -> Iterator[tuple[str, str]]:
    """Yield the attributes of ``self`` that a body sets, each with its parameter or ""."""
    nodes = list(own_nodes(function))
    until = unchanged_until(function, nodes)
    for node in nodes:
        for target in targets(node):
            if (attribute := variable(target)).startswith("self."):
                value = getattr(node, "value", None)
                name = value.id if isinstance(value, ast.Name) else ""
                yield attribute, name if place_of(node) < until.get(name, NEVER) else ""


def unchanged_until(function: Function, nodes: Sequence[ast.AST]) -> dict[str, tuple[int, int]]:
    """Return the place up to which each parameter has its argument's value."""
    rebound = _rebound(nodes)
    names = {each.arg for each in arguments(function)} - _inner(nodes)
    return {name: rebound.get(name, ALWAYS) for name in names}


def variable(node: ast.expr) -> str:
    """Return the variable that an expression names, with ``self.`` for attributes; else ""."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return f"self.{name}"
        case _:
            return ""


def _inner(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that are local to comprehensions."""
    found = (each for each in nodes if isinstance(each, COMPREHENSIONS))
    bound = (part for each in found for one in each.generators for part in ast.walk(one.target))
    return {each.id for each in bound if isinstance(each, ast.Name)}


def place_of(node: ast.AST) -> tuple[int, int]:
    """Return the line and column where a node begins."""
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _rebound(nodes: Iterable[ast.AST]) -> dict[str, tuple[int, int]]:
    """Return the place from which each name may have another value."""
    found: dict[str, tuple[int, int]] = {}
    whole: dict[ast.AST, ast.AST] = {}
    for node in nodes:
        for target in targets(node):
            whole.update(dict.fromkeys(ast.walk(target), node))
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            around = whole.get(node)  # the value is evaluated first
            place = place_of(node)
            if around is not None:
                place = getattr(around, "end_lineno", 0), getattr(around, "end_col_offset", 0)
            found[node.id] = min(place, found.get(node.id, place))
    return found
