"""The names that statements certainly bind, and those that they may read before binding them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from python_expert.analysis.nodes import COMPREHENSIONS, FORS, TRIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.names import Names
    from python_expert.analysis.scopes import Function

_LEAVES: Final = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def is_bound_around(names: Names, use: ast.Name, apart_from: ast.AST) -> bool:
    """Return whether a ``with`` or ``for`` statement around a use certainly binds its name.

    Args:
        names: The text's names.
        use: The use, or the binding itself.
        apart_from: A statement that is ignored, with all statements around it.
    """
    inner: ast.AST = use
    beyond = {apart_from, *names.around(apart_from)}
    for outer in names.around(use):
        if outer in beyond:
            return False
        targets: list[ast.expr | None] = []
        if isinstance(outer, ast.With | ast.AsyncWith) and inner in outer.body:
            targets = [item.optional_vars for item in outer.items]
        elif isinstance(outer, ast.withitem) and outer.optional_vars is use:
            return True
        elif isinstance(outer, FORS) and (inner in outer.body or inner is outer.target):
            targets = [outer.target]
        if any(isinstance(each, ast.Name) and each.id == use.id for each in targets):
            return True
        inner = outer
    return False


class BindingOrder:
    """The order in which statements bind and read names.

    Names used in inner functions and comprehensions count as read at the place of definition.

    Args:
        statements: The statements.
        names: The names.

    Attributes:
        bound: The names that are bound when the last statement has ended.
        early: The names that may be read before they are bound.
    """

    def __init__(self, statements: Sequence[ast.stmt], names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self.early: set[str] = set()
        self.bound = self._block(statements, frozenset())

    def _block(self, statements: Sequence[ast.stmt], bound: frozenset[str]) -> frozenset[str]:
        for each in statements:
            bound = self._statement(each, bound)
        return bound

    def _statement(self, node: ast.stmt, bound: frozenset[str]) -> frozenset[str]:  # noqa: PLR0911 - one for each form
        if isinstance(node, _LEAVES):
            self._read(node, bound)
            return self._names
        if isinstance(node, ast.If):
            bound = self._read(node.test, bound)
            return self._block(node.body, bound) & self._block(node.orelse, bound)
        if isinstance(node, FORS):
            bound = self._read(node.iter, bound)
            self._block(node.body, bound | self._stored(node.target))
            return self._block(node.orelse, bound) & bound
        if isinstance(node, ast.While):
            bound = self._read(node.test, bound)
            self._block(node.body, bound)
            return self._block(node.orelse, bound) & bound
        if isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                bound = self._read(item.context_expr, bound)
                bound |= self._stored(item.optional_vars) if item.optional_vars else frozenset()
            return self._block(node.body, bound)
        if isinstance(node, TRIES):
            after = self._block(node.orelse, self._block(node.body, bound))
            for handler in node.handlers:
                self._read(handler.type, bound)
                caught = {handler.name} & self._names if handler.name else set()
                after &= self._block(handler.body, bound | caught) - caught
            return after | self._block(node.finalbody, bound)
        return self._read(node, bound)

    def _read(self, node: ast.AST | None, bound: frozenset[str]) -> frozenset[str]:
        """Record what a simple statement or an expression reads, then what it binds."""
        sure: set[str] = set()
        waiting: list[tuple[ast.AST, bool]] = [(node, True)] if node is not None else []
        while waiting:
            each, always = waiting.pop()
            if isinstance(each, ast.Name) and each.id in self._names:
                if not isinstance(each.ctx, ast.Store):
                    self.early |= {each.id} - bound - sure
                elif always:
                    sure.add(each.id)
            if isinstance(each, ast.AugAssign) and isinstance(each.target, ast.Name):
                self.early |= ({each.target.id} & self._names) - bound
            parts = list(ast.iter_child_nodes(each))
            if not isinstance(each, ast.Assign | ast.AnnAssign | ast.NamedExpr):
                parts.reverse()  # the end of the list is evaluated first
            sometimes = isinstance(each, (*COMPREHENSIONS, ast.Lambda, ast.IfExp, ast.Match))
            waiting += [(part, always and not sometimes) for part in parts]
            if isinstance(each, ast.BoolOp):
                waiting[-len(parts) : -1] = [(part, False) for part in parts[:-1]]
        if isinstance(node, ast.Import | ast.ImportFrom):
            sure |= {(a.asname or a.name.partition(".")[0]) for a in node.names} & self._names
        return bound | sure

    def _stored(self, target: ast.AST) -> frozenset[str]:
        return (
            frozenset(
                each.id
                for each in ast.walk(target)
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            )
            & self._names
        )


def is_certainly_bound(program: Program, name: str, block: ast.With, owner: Function) -> bool:
    """Return whether a variable of a function has a value where a block in it starts.

    The variable has a value if it is a parameter, the target of an enclosing loop, or assigned by
    a statement before the block or before a statement around it.
    """
    given = owner.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    if any(each and each.arg == name for each in every):
        return True
    inner: ast.AST = block
    for outer in program.names.around(block):
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(outer, field, None)
            if isinstance(statements, list) and inner in statements:
                before = statements[: statements.index(inner)]
                if any(_assigns(e, name) for e in before if not isinstance(e, FORS)):
                    return True
                if field == "body" and isinstance(outer, FORS) and _assigns(outer, name):
                    return True
        if outer is owner:
            return False
        inner = outer
    return False


def _assigns(node: ast.AST, name: str) -> bool:
    """Return whether a statement certainly gives a variable a value."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign) and node.value is not None:
        targets = [node.target]
    elif isinstance(node, FORS):
        targets = [node.target]  # within the loop
    return any(
        isinstance(each, ast.Name) and each.id == name
        for target in targets
        for each in ast.walk(target)
        if isinstance(getattr(each, "ctx", None), ast.Store)
    )
