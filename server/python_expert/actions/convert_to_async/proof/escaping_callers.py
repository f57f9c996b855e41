"""Objects of converted classes that are passed to code that does not await."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.replacements import ASYNC_COUNTERPARTS
from python_expert.analysis.function_bodies import is_generator, own_nodes
from python_expert.analysis.library import CONSUMERS, DUCK_TYPED
from python_expert.analysis.nodes import TRIES, first_line, root, targets
from python_expert.analysis.scopes import FUNCTIONS, Function
from python_expert.analysis.source import all_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.actions.convert_to_async.proof.report import ProofReport

_HARMLESS = frozenset(
    f"builtins.{name}" for name in ("print", "repr", "str", "id", "type", "hash", "super", "vars")
)


def loops(report: ProofReport, function: Function) -> None:
    """Ask about loops over objects that may no longer be iterable."""
    for expression, loop in _iterated(report):
        if loop not in report.pairs.loops and _unknown(report, expression):
            text = ast.unparse(expression)
            report.ask(
                expression, f"{text} may be an object that has {report.program.name(function)}"
            )


def entered(report: ProofReport, function: Function) -> None:
    """Ask about ``with`` on objects that may no longer be context managers."""
    for node in all_nodes(report.program.names.tree):
        if isinstance(node, ast.withitem) and node not in report.pairs.items:
            called = isinstance(node.context_expr, ast.Call)
            if called and _unknown(report, node.context_expr):
                text = ast.unparse(node.context_expr)
                report.ask(
                    node.context_expr,
                    f"{text} may be an object that has {report.program.name(function)}",
                )


def escapes(report: ProofReport) -> None:
    """Ask about objects that are passed to code that may call a converted method."""
    names, found = report.program.names, dict[ast.ClassDef, Function]()
    for function in report.coroutines:
        owner = names.class_of(function)
        if (
            isinstance(owner, ast.ClassDef)
            and function.name in DUCK_TYPED | ASYNC_COUNTERPARTS.keys()
        ):
            found.update(dict.fromkeys(report.program.relatives(owner), function))
    for node in all_nodes(names.tree) if found else ():
        for given in (part for each in _given(report, node) for part in _parts(each)):
            kind = names.kind(given)
            if isinstance(kind, ast.ClassDef) and kind in found:
                text = first_line(node)
                report.ask(given, f"`{text}` may use {report.program.name(found[kind])}")


def leaving(report: ProofReport, function: Function) -> None:
    """Ask about loops that may end before the clean-up code of their generator runs."""
    if not _guarded(report, function, []) or report.is_context(function):
        return
    names = report.program.names
    for use in report.program.uses[function]:
        call = names.parents[use.node]
        if isinstance(names.parents[call], ast.For | ast.comprehension):
            text = f"a loop over {report.program.name(function)} may end early; what the"
            report.ask(call, f"{text} generator does at its end may then happen later")


def _guarded(report: ProofReport, function: Function, seen: list[Function]) -> bool:
    """Return whether a generator, or one that it delegates to, has clean-up code."""
    names = report.program.names
    seen.append(function)
    yields = [node for node in own_nodes(function) if isinstance(node, ast.Yield | ast.YieldFrom)]
    inner = [
        each
        for each, uses in report.program.uses.items()
        if each not in seen and any(names.function_of(use.node) is function for use in uses)
    ]
    return any(
        isinstance(each, (*TRIES, ast.With)) for node in yields for each in names.around(node)
    ) or any(is_generator(each) and _guarded(report, each, seen) for each in inner)


def _iterated(report: ProofReport) -> Iterator[tuple[ast.expr, ast.AST]]:
    names = report.program.names
    for node in all_nodes(names.tree):
        if isinstance(node, ast.For | ast.comprehension):
            yield node.iter, node
        elif isinstance(node, ast.YieldFrom | ast.Starred):
            yield node.value, node
        elif isinstance(node, ast.Call) and names.dotted(node.func) in CONSUMERS:
            yield from ((each, node) for each in node.args if each not in report.pairs.consumed)


def _unknown(report: ProofReport, node: ast.expr) -> bool:
    """Return whether an expression may be an object of any class."""
    names = report.program.names
    if isinstance(node, ast.GeneratorExp | ast.Slice) or names.kind(node) is not None:
        return False
    if not isinstance(node, ast.Call):
        return True
    if names.dotted(node.func):
        return False
    functions = [
        function
        for function, uses in report.program.uses.items()
        if any(use.node is node.func for use in uses)
    ]
    return not functions or not all(
        is_generator(each) or report.is_context(each) for each in functions
    )


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    """Yield an expression, or the parts of a display, condition or unpacking."""
    match node:
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            yield from (each for part in parts for each in _parts(part))
        case ast.Dict(values=parts) | ast.BoolOp(values=parts):
            yield from (each for part in parts for each in _parts(part))
        case ast.IfExp(body=one, orelse=other):
            yield from (*_parts(one), *_parts(other))
        case ast.Starred(value=value):
            yield from _parts(value)
        case _:
            yield node


def _given(report: ProofReport, node: ast.AST) -> list[ast.expr]:
    """Return the objects that a node passes to code outside the text."""
    names = report.program.names
    if isinstance(node, ast.AugAssign):
        return [node.value]
    if isinstance(node, ast.Return) and node.value is not None:
        function = names.function_of(node)
        special = function is not None and function not in report.coroutines
        return [node.value] if special and function and function.name in ASYNC_COUNTERPARTS else []
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        stored = [root(each, (ast.Subscript,)) for each in targets(node)]
        in_modules = [isinstance(each, ast.Attribute) and names.dotted(each) for each in stored]
        return [node.value] if any(in_modules) else []
    if not isinstance(node, ast.Call):
        return []
    full = names.dotted(node.func)
    own = full is None and (
        any(use.node is node.func for uses in report.program.uses.values() for use in uses)
        or names.class_named(node.func) is not None
        or isinstance(names.kind(getattr(node.func, "value", node)), ast.ClassDef)
        or (
            isinstance(node.func, ast.Name)
            and any(isinstance(each, FUNCTIONS) for each in names.bindings(node.func))
        )
    )
    given = [] if own or full in _HARMLESS else [*node.args, *(k.value for k in node.keywords)]
    return [each for each in given if each not in report.pairs.consumed]
