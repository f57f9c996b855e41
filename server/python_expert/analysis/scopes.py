"""Scopes: where each name of a tree is bound."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from python_expert.analysis.nodes import (
    COMPREHENSIONS,
    TYPE_PARAMETERS,
    children,
    known,
    last_name,
    parents_of,
    root,
    type_parameters,
)
from python_expert.analysis.source import all_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NAMED = (ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping)
_SPECIAL = frozenset(
    [
        *(*FUNCTIONS, ast.Lambda, ast.ClassDef, *COMPREHENSIONS, *known("TypeAlias")),
        *(
            ast.Import,
            ast.ImportFrom,
            ast.Name,
            *_NAMED,
            *TYPE_PARAMETERS,
            ast.Global,
            ast.Nonlocal,
        ),
    ]
)
"""The nodes that bind a name or open a scope; all others are nodes around other nodes."""


@dataclass(eq=False)
class Scope:
    """A module, class, function, lambda or comprehension, or the type parameters of one.

    Attributes:
        node: The scope's tree; for type parameters, the first parameter.
        outer: The enclosing scope.
        bound: For each name, the nodes that bind it.
        elsewhere: Names that ``global`` or ``nonlocal`` bind in another scope.
    """

    node: ast.AST
    outer: Scope | None
    bound: dict[str, list[ast.AST]] = field(default_factory=dict)
    elsewhere: dict[str, Scope] = field(default_factory=dict)

    def bind(self, name: str, node: ast.AST) -> None:
        """Record that a node binds a name."""
        self.elsewhere.get(name, self).bound.setdefault(name, []).append(node)

    def find(self, name: str, *, sees_class: bool = True) -> Scope | None:
        """Return the scope that binds a name used here, or None for a builtin.

        Args:
            name: The name.
            sees_class: Whether a class scope is searched: only for code directly in the class, and
                for type parameters there.
        """
        scope: Scope | None = self
        while scope is not None:
            if sees_class or not isinstance(scope.node, ast.ClassDef):
                if name in scope.elsewhere:
                    return scope.elsewhere[name]
                if name in scope.bound:
                    return scope
            sees_class = sees_class and isinstance(scope.node, TYPE_PARAMETERS)
            scope = scope.outer
        return None


class Scopes:
    """The scopes of one tree.

    Attributes:
        tree: The tree.
        module: The outermost scope of the tree.
        scopes: The scope in which each node is evaluated.
        parents: The node around each node.
        inner: The scope of each module, class, function, lambda and comprehension; the scope of
            type parameters is keyed by the first of them.
        stored: The attributes that are assigned to, by name.
        set_by_name: The names passed to ``setattr`` or in a dictionary of attributes.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.module = Scope(tree, None)
        self.scopes: dict[ast.AST, Scope] = {tree: self.module}
        self.inner: dict[ast.AST, Scope] = {tree: self.module}
        self.parents = parents_of(tree)
        self.stored: dict[str, list[ast.Attribute]] = {}
        self.set_by_name: set[object] = set()
        for node in all_nodes(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                self.stored.setdefault(node.attr, []).append(node)
            elif isinstance(node, ast.Call | ast.Subscript):
                self.set_by_name |= _set_by_name(node)
        self._bodies: list[tuple[Sequence[ast.AST], Scope]] = []
        for statement in tree.body:
            self._visit(statement, self.module)
        # Bodies of functions and classes are visited after everything around them, because
        # ``nonlocal`` may name a variable that is bound below.
        for body, scope in self._bodies:
            self._visit_all(body, scope)

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes around a node, innermost first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def bindings(self, name: ast.Name) -> list[ast.AST]:
        """Return the nodes that bind what a name refers to; none for a builtin."""
        scope = self.scopes[name].find(name.id)
        if scope is None:
            return []
        found = scope.bound.get(name.id, [])
        if isinstance(scope.node, ast.ClassDef) and scope.outer and isinstance(name.ctx, ast.Load):
            # Until the class binds the name, it refers to the enclosing scope's variable.
            outer = scope.outer.find(name.id)
            return [*found, *(outer.bound.get(name.id, []) if outer else [])]
        return found

    def is_imported(self, node: ast.AST) -> bool:
        """Return whether a name, or the object of an attribute, is bound by imports only."""
        first = root(node, (ast.Attribute,))
        bound = self.bindings(first) if isinstance(first, ast.Name) else []
        return bool(bound) and all(isinstance(e, ast.Import | ast.ImportFrom) for e in bound)

    def class_of(self, node: ast.AST) -> ast.ClassDef | None:
        """Return the class that contains a function directly."""
        parent = self.parents.get(node)
        return parent if isinstance(parent, ast.ClassDef) else None

    def function_of(self, node: ast.AST) -> Function | None:
        """Return the function in whose body a node is evaluated.

        Lambdas and classes between the function and the node are skipped.
        """
        inner: ast.AST = node
        for outer in self.around(node):
            if isinstance(outer, FUNCTIONS) and any(inner is each for each in outer.body):
                return outer
            inner = outer
        return None

    def _open(self, node: ast.AST, outer: Scope) -> Scope:
        self.inner[node] = inner = Scope(node, outer)
        return inner

    def _visit(self, node: ast.AST, scope: Scope) -> None:
        self.scopes[node] = scope
        if type(node) not in _SPECIAL:
            self._visit_all(children(node), scope)
        elif isinstance(node, (*FUNCTIONS, ast.Lambda)):
            self._visit_function(node, scope)
        elif isinstance(node, ast.ClassDef):
            scope.bind(node.name, node)
            self._visit_all(node.decorator_list, scope)
            around = self._open_parameters(node, scope)
            self._visit_all([*node.bases, *node.keywords], around)
            self._bodies.append((node.body, self._open(node, around)))
        elif isinstance(node, COMPREHENSIONS):
            first, *rest = node.generators
            self._visit(first.iter, scope)
            self.scopes[first] = inner = self._open(node, scope)
            self._visit_all([first.target, *first.ifs, *rest], inner)
            # This is Python's order. ``{**each for each in dicts}`` (Python 3.15) has no value.
            parts = [getattr(node, name, None) for name in ("elt", "value", "key")]
            self._visit_all([each for each in parts if each is not None], inner)
        elif sys.version_info >= (3, 12) and isinstance(node, ast.TypeAlias):
            self._visit(node.name, scope)
            self._visit(node.value, self._open_parameters(node, scope))
        else:
            self._bind(node, scope)
            self._visit_all(children(node), scope)

    def _visit_all(self, nodes: Iterable[ast.AST], scope: Scope) -> None:
        for node in nodes:
            self._visit(node, scope)

    def _open_parameters(self, node: ast.AST, scope: Scope) -> Scope:
        """Return the scope of a definition's type parameters.

        Without type parameters, this is the given scope.
        """
        parameters = type_parameters(node)
        if not parameters:
            return scope
        inner = self._open(parameters[0], scope)
        self._visit_all(parameters, inner)
        return inner

    def _visit_function(self, node: Function | ast.Lambda, scope: Scope) -> None:
        given = node.args
        self._visit_all([*given.defaults, *(each for each in given.kw_defaults if each)], scope)
        if not isinstance(node, ast.Lambda):
            scope.bind(node.name, node)
            self._visit_all(node.decorator_list, scope)
        around = self._open_parameters(node, scope)
        if not isinstance(node, ast.Lambda) and node.returns:
            self._visit(node.returns, around)
        inner = self.scopes[given] = self._open(node, around)
        every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        for each in every:
            if each:
                self._visit(each, around)
                inner.bind(each.arg, each)
        self._bodies.append(([node.body] if isinstance(node, ast.Lambda) else node.body, inner))

    def _bind(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom):
            _bind_imports(node, scope)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            parent = self.parents.get(node)
            target = scope
            while isinstance(parent, ast.NamedExpr) and isinstance(target.node, COMPREHENSIONS):
                target = target.outer or self.module
            if not binds_nothing(parent):
                target.bind(node.id, node)
        elif isinstance(node, (*_NAMED, *TYPE_PARAMETERS)):
            if name := getattr(node, "name", None) or getattr(node, "rest", None):
                scope.bind(name, node)
        elif isinstance(node, ast.Global):
            scope.elsewhere.update(dict.fromkeys(node.names, self.module))
        elif isinstance(node, ast.Nonlocal) and scope.outer:
            for name in node.names:
                scope.elsewhere[name] = scope.outer.find(name, sees_class=False) or self.module


def binds_nothing(node: ast.AST | None) -> bool:
    """Return whether a node is ``(x): int``, which does not bind the name in its scope."""
    return isinstance(node, ast.AnnAssign) and not node.simple and node.value is None


def _bind_imports(node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
    for alias in node.names:
        plain = alias.name.split(".")[0] if isinstance(node, ast.Import) else alias.name
        scope.bind(alias.asname or plain, node)


def _set_by_name(node: ast.AST) -> set[object]:
    """Return the name of an attribute that a node sets by a string."""
    if isinstance(node, ast.Call) and last_name(node.func) == "setattr":
        return {each.value for each in node.args[1:2] if isinstance(each, ast.Constant)}
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        space = node.value.func if isinstance(node.value, ast.Call) else node.value
        known = last_name(space) in {"vars", "__dict__"}
        return {node.slice.value} if known and isinstance(node.slice, ast.Constant) else set()
    return set()
