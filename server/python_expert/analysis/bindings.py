"""Which statements bind which names: anywhere in a block, and for certain on reaching a place."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.analysis.nodes import TRIES
from python_expert.analysis.source import all_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def is_checking(test: ast.expr) -> bool:
    """Whether a condition is ``TYPE_CHECKING`` or ends in it."""
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute)
        and test.attr == "TYPE_CHECKING"
        and isinstance(test.value, ast.Name)
    )


def _targets(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            yield each.id


def named(node: ast.AST) -> Iterator[str]:
    """Names that a node holds itself, those after a dot left out."""
    if isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]
        return
    for field in ("id", "arg", "name", "rest"):
        if isinstance(name := getattr(node, field, None), str):
            yield name
    if isinstance(node, ast.Global | ast.Nonlocal):
        yield from node.names


def unsure(tree: ast.Module) -> set[str]:
    """Names that are bound or unbound in ways that are not followed: patterns, ``global``, …."""
    found: set[str] = set()
    for node in all_nodes(tree):
        match node:
            case ast.NamedExpr(target=ast.Name(id=name)):
                found.add(name)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                found.add(name)
            case ast.MatchMapping(rest=str(name)) | ast.ExceptHandler(name=str(name)):
                found.add(name)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                found.update(names)
            case ast.Name(id=name, ctx=ast.Del()):
                found.add(name)
    for node in tree.body:  # at the top level it is followed
        if isinstance(node, ast.Delete):
            found -= {each.id for each in node.targets if isinstance(each, ast.Name)}
    return found


def _bound_by(node: ast.stmt) -> Iterator[str]:
    """Names that a statement itself binds, without those of blocks in it."""
    match node:
        case ast.Import() | ast.ImportFrom():
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0]
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Global() | ast.Nonlocal():
            yield from node.names
        case ast.With() | ast.AsyncWith():
            for item in node.items:
                yield from _targets(item)
        case ast.AnnAssign(value=None):
            return
        case _:
            targets = [*getattr(node, "targets", ()), getattr(node, "target", None)]
            for target in (*targets, getattr(node, "name", None)):
                if isinstance(target, ast.expr):
                    yield from _targets(target)


def _blocks(node: ast.stmt) -> Iterator[Sequence[ast.stmt]]:
    """The blocks of a statement that run in the same scope."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for field in ("body", "orelse", "finalbody"):
        block = getattr(node, field, None)
        if isinstance(block, list):
            yield block
    for handler in getattr(node, "handlers", ()):
        yield handler.body
    for case in getattr(node, "cases", ()):
        yield case.body


def bound_anywhere(
    body: Iterable[ast.stmt], *, checking: bool
) -> Iterator[tuple[str, ast.AST, bool]]:
    """The names that a body binds, each with its statement.

    Args:
        body: Statements of one scope.
        checking: Whether type checkers alone see them, which comes third with every name.
    """
    for node in body:
        for name in _bound_by(node):
            yield name, node, checking
        for index, block in enumerate(_blocks(node)):
            inner = checking or (isinstance(node, ast.If) and index == 0 and is_checking(node.test))
            yield from bound_anywhere(block, checking=inner)


def reached(body: Sequence[ast.stmt], at: ast.stmt | None) -> dict[str, ast.AST]:
    """The names certainly bound when a statement of a body is reached (None: its end)."""
    bound: dict[str, ast.AST] = {}
    for node in body:
        if node is at:
            break
        inside = at is not None and node.lineno <= at.lineno <= (node.end_lineno or node.lineno)
        if inside:
            bound.update({name: node for name in _bound_by(node) if not _is_definition(node)})
            if isinstance(node, TRIES) and any(_within(each, at) for each in node.orelse):
                bound.update(reached(node.body, None))
            for block in _blocks(node):
                if any(_within(each, at) for each in block):
                    bound.update(reached(block, at))
            break
        if isinstance(node, ast.Delete):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    bound.pop(target.id, None)
        else:
            bound.update(_certain(node))
    return bound


def _is_definition(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _within(node: ast.stmt, at: ast.stmt | None) -> bool:
    return at is not None and node.lineno <= at.lineno <= (node.end_lineno or node.lineno)


def _certain(node: ast.stmt) -> dict[str, ast.AST]:
    """The names that a statement certainly binds."""
    match node:
        case ast.If(test=test, body=body, orelse=orelse):
            if is_checking(test):
                return reached(orelse, None)
            return _both([body, orelse])
        case (
            ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final)
            | ast.TryStar(body=body, handlers=handlers, orelse=orelse, finalbody=final)
        ):
            ways = [[*body, *orelse], *(handler.body for handler in handlers)]
            return {**_both(ways), **reached(final, None)}
        case ast.With() | ast.AsyncWith():  # what it manages may suppress errors of its body
            return dict.fromkeys(_bound_by(node), node)
        case ast.For() | ast.AsyncFor() | ast.Global() | ast.Nonlocal():
            return {}
        case _:
            return dict.fromkeys(_bound_by(node), node)


def _both(ways: Iterable[Sequence[ast.stmt]]) -> dict[str, ast.AST]:
    """The names bound whichever way is taken; ways that leave do not count."""
    found = [
        reached(way, None)
        for way in ways
        if not (way and isinstance(way[-1], ast.Raise | ast.Return | ast.Continue | ast.Break))
    ]
    if not found:
        return {}
    return {name: node for name, node in found[0].items() if all(name in way for way in found)}
