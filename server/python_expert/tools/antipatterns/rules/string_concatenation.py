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
    from collections.abc import Iterator

    from python_expert.tools.antipatterns.syntax import Function, Loop, Syntax


FEW: Final = 10
"""Loops with fewer iterations make no long string."""


class Concatenation(NamedTuple):
    """A string that is built in a loop.

    Attributes:
        name: The variable, or the dotted name of the attribute.
        is_local: Whether it is a variable that only its function uses: CPython can extend it.
        start: The statement before the loop that assigns a literal string to it.
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
    """The strings that loops of a text build."""
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
    """The outermost loop around a step that begins after a literal string is assigned."""
    start = None
    for loop in _loops(syntax, step):
        if found := _start(syntax, loop, name):
            start = found, loop
    if start is None or _is_short(start[1]):
        return None
    begun, loop = start
    steps = [
        each
        for each in nodes_of([*loop.body])
        if isinstance(each, ast.AugAssign)
        and isinstance(each.op, ast.Add)
        and dotted(each.target) == name
    ]
    uses = names(nodes_of([loop]), name)
    if len(uses) != len(steps):  # the loop reads the string, or begins it again
        return None
    is_local = function is not None and _is_local(function, name)
    return Concatenation(name, is_local, begun, loop, tuple(steps))


def _is_short(loop: Loop) -> bool:
    """Whether a loop may end early, or has few turns."""
    if any(isinstance(each, ast.Break) for each in nodes_of(loop.body)):
        return True
    match loop:
        case ast.For(iter=ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items)):
            return len(items) <= FEW
        case ast.For(
            iter=ast.Call(func=ast.Name("range"), args=[*_, ast.Constant(value=int(end))])
        ):
            return end <= FEW
    return False


def _loops(syntax: Syntax, step: ast.stmt) -> Iterator[Loop]:
    inner: ast.AST = step
    for node in syntax.around(step):
        if isinstance(node, LOOPS) and any(each is inner for each in node.body):
            yield node
        inner = node


def _start(syntax: Syntax, loop: Loop, name: str) -> ast.Assign | ast.AnnAssign | None:
    """The last statement before a loop, in its block, that assigns to a name if it is a string."""
    for statement in reversed(syntax.before(loop)):
        if not stored(nodes_of([statement]), name):
            continue
        match statement:
            case (
                ast.Assign(targets=[ast.Name() | ast.Attribute()], value=value)
                | ast.AnnAssign(target=ast.Name() | ast.Attribute(), value=ast.expr() as value)
            ) if _is_literal(value):
                return statement
            case ast.AugAssign(op=ast.Add()):
                continue
        return None
    return None


def _is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _is_local(function: Function, name: str) -> bool:
    """Whether only the function itself uses a name: no other scope in it or around it does."""
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
