"""PE001: a string that a loop builds with ``+=``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final, NamedTuple

from python_expert.diagnostics.finding import Severity
from python_expert.tools.antipatterns.rules.base import AntiPattern
from python_expert.tools.antipatterns.syntax import (
    FUNCTIONS,
    LOOPS,
    dotted,
    names,
    nodes_of,
    stored,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from python_expert.tools.antipatterns.syntax import Function, Loop, Syntax


FEW: Final = 10
"""Loops with at most this number of iterations are not reported."""


_SAME_LENGTH: Final = ("enumerate", "reversed", "sorted", "zip")
"""Builtins that return as many items as they are given (``zip``: as its shortest argument)."""


class Concatenation(NamedTuple):
    """A string that a loop builds.

    Attributes:
        name: The variable, or the dotted name of the attribute.
        is_local: Whether it is a variable that only its function uses; CPython can extend such a
            string in place.
        start: The statement before the loop that assigns a literal or joined parts to it.
        loop: The loop.
        steps: The statements in the loop that add to the string.
    """

    name: str
    is_local: bool
    start: ast.Assign | ast.AnnAssign
    loop: Loop
    steps: tuple[ast.AugAssign, ...]


def find(syntax: Syntax) -> Iterator[AntiPattern]:
    """Find strings that a loop builds and nothing in the loop reads."""
    for each in concatenations(syntax):
        copies = "can copy" if each.is_local else "copies"
        message = (
            f"The loop builds the string `{each.name}` with `+=`, which {copies} it each time. "
            f"Collect the parts in a list and join them after the loop with `str.join`."
        )
        severity = Severity.INFORMATION if each.is_local else Severity.WARNING
        yield AntiPattern(each.steps[0], message, severity=severity)


def concatenations(syntax: Syntax) -> Iterator[Concatenation]:
    """Yield the strings that loops of a text build."""
    seen: set[tuple[str, Loop]] = set()
    for step in syntax.statements:
        match step:
            case ast.AugAssign(target=ast.Name() | ast.Attribute() as target, op=ast.Add()):
                name, function = dotted(target), syntax.function(step)
                found = _concatenation(syntax, step, name, function) if name else None
                if found and (name, found.loop) not in seen:
                    seen.add((name, found.loop))
                    yield found


def _concatenation(
    syntax: Syntax, step: ast.AugAssign, name: str, function: Function | None
) -> Concatenation | None:
    """Return the outermost loop around a step that follows the assignment of a literal string."""
    start = None
    for loop in _loops(syntax, step):
        if found := _start(syntax, loop, name):
            start = found, loop
    if start is None or _is_short(syntax, start[1]):
        return None
    begun, loop = start
    if not _only_adds(loop, name):
        return None
    is_local = function is not None and _is_local(function, name)
    return Concatenation(name, is_local, begun, loop, tuple(additions(loop.body, name)))


def additions(statements: Iterable[ast.stmt], name: str) -> list[ast.AugAssign]:
    """Return the statements that add to a name, including nested statements."""
    return [
        each
        for each in nodes_of(statements)
        if isinstance(each, ast.AugAssign)
        and isinstance(each.op, ast.Add)
        and dotted(each.target) == name
    ]


def _only_adds(loop: Loop, name: str) -> bool:
    """Return whether a loop neither reads a string nor assigns it again."""
    return len(names(nodes_of([loop]), name)) == len(additions(loop.body, name))


def _is_short(syntax: Syntax, loop: Loop) -> bool:
    """Return whether a loop may end early, or has few iterations."""
    if any(isinstance(each, ast.Break) for each in nodes_of(loop.body)):
        return True
    return isinstance(loop, ast.For) and _are_few(syntax, loop.iter)


def _are_few(syntax: Syntax, items: ast.expr) -> bool:
    """Return whether the iterable of a loop is a short literal."""
    match items:
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            is_whole = not any(isinstance(each, ast.Starred) for each in elements)
            return is_whole and len(elements) <= FEW
        case ast.Constant(value=str(text)):
            return len(text) <= FEW
        case ast.Call(func=maker, args=arguments) if syntax.is_builtin(maker, *_SAME_LENGTH):
            return any(_are_few(syntax, each) for each in arguments)
        case ast.Call(
            func=maker,
            args=[ast.Constant(value=int(end))]
            | [_, ast.Constant(value=int(end))]
            | [_, ast.Constant(value=int(end)), ast.Constant()],
        ) if syntax.is_builtin(maker, "range"):
            return end <= FEW
    return False


def _loops(syntax: Syntax, step: ast.stmt) -> Iterator[Loop]:
    inner: ast.AST = step
    for node in syntax.around(step):
        if isinstance(node, LOOPS) and any(each is inner for each in node.body):
            yield node
        inner = node


def _start(syntax: Syntax, loop: Loop, name: str) -> ast.Assign | ast.AnnAssign | None:
    """Return the last assignment to a name before a loop in its block, if its value is a string.

    In between there may only be statements and loops that add to it.
    """
    for statement in reversed(syntax.before(loop)):
        if not stored(nodes_of([statement]), name):
            continue
        match statement:
            case (
                ast.Assign(targets=[ast.Name() | ast.Attribute()], value=value)
                | ast.AnnAssign(target=ast.Name() | ast.Attribute(), value=ast.expr() as value)
            ) if _is_literal(value) or _is_joined(value):
                return statement
            case ast.AugAssign(op=ast.Add()):
                continue
            case ast.For() | ast.AsyncFor() | ast.While() if _only_adds(statement, name):
                continue
        return None
    return None


def _is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _is_joined(node: ast.expr) -> bool:
    """Return whether a value joins parts without a separator, like the result of our own fix."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=""), attr="join")):
            return True
    return False


def _is_local(function: Function, name: str) -> bool:
    """Return whether only the function itself uses a name, and no scope in it or around it."""
    if "." in name:
        return False
    for node in nodes_of(function.body):
        if isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
            return False
        if isinstance(node, (*FUNCTIONS, ast.Lambda, ast.ClassDef)) and names(
            nodes_of([node]), name
        ):
            return False
    return True
