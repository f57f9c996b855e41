"""Bindings of names: what a name refers to at a place, and whether it is bound by then."""

from __future__ import annotations

import ast
import builtins
from enum import Enum, auto
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.flow import Bound, Flow
from python_expert.analysis.nodes import (
    TYPE_PARAMETERS,
    arguments,
    named,
    origin,
    type_parameters,
)
from python_expert.analysis.scopes import FUNCTIONS, Scope, Scopes
from python_expert.analysis.source import all_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.source import Source


class When(Enum):
    """When a name is bound, relative to a place in the text.

    Attributes:
        BUILTIN: Always.
        BOUND: When the place is reached.
        UNSURE: Perhaps later, for type checkers only, or only until other code binds the name.
    """

    BUILTIN = auto()
    BOUND = auto()
    UNSURE = auto()


class Binding(NamedTuple):
    """What a name refers to.

    Attributes:
        node: The statement, parameter or type parameter that binds the name; None for builtins and
            for a name that is bound in other ways only, such as a pattern.
        origin: An imported name's full name (``typing.Any``, ``os``), a built-in's own name,
            otherwise empty.
        when: When the name is bound.
        ambiguous: Whether the name is bound to something else as well.
    """

    node: ast.AST | None
    origin: str
    when: When
    ambiguous: bool = False


class _Followed(NamedTuple):
    """How the names of one scope are bound.

    Attributes:
        nodes: For each name the statements and parameters that bind it, in the order of the text.
        unsure: Names that are bound or deleted in other ways too: by an expression, a pattern, an
            ``except``, or from another scope.
        flow: The order in which the statements run.
    """

    nodes: dict[str, list[ast.AST]]
    unsure: set[str]
    flow: Flow


class Bindings(Scopes):
    """The names of a text, and when they are bound."""

    def __init__(self, source: Source) -> None:
        super().__init__(source.tree)
        self._source = source
        self._all: dict[Scope, _Followed] = {}
        self._reached: dict[tuple[Scope, ast.AST | None], Bound] = {}

    @cached_property
    def in_use(self) -> frozenset[str]:
        """Names that a new import must not bind.

        These are all names in the code, and the words of all strings except docstrings, because
        code may evaluate strings.
        """
        skipped = _docstrings(self.tree)
        used = {name for node in all_nodes(self.tree) for name in named(node)}
        for node in all_nodes(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                used.update(() if node in skipped else _words(node.value))
        for _, text in self._source.masked_lines:
            used.update(_words(text))
        return frozenset(used)

    @cached_property
    def imported(self) -> dict[str, str]:
        """All names that imports at the top level bind, with what they refer to."""
        return {
            name: origin(nodes[-1], name)
            for name, nodes in self._followed(self.module).nodes.items()
            if isinstance(nodes[-1], ast.Import | ast.ImportFrom)
        }

    def lookup(self, name: str, at: ast.stmt) -> Binding | None:
        """Return what a name in an annotation refers to.

        Args:
            name: The name, without dots.
            at: The statement that the annotation belongs to.

        Returns:
            None if nothing in the text binds the name and it is not a built-in.
        """
        parameters = type_parameters(at)
        start = self.inner[parameters[0]] if parameters else self.scopes[at]
        scope = start.find(name)
        found = self._in_scope(name, scope, at) if scope else None
        if found is None and hasattr(builtins, name):
            return Binding(None, name, When.BUILTIN)
        return found

    def at_top(self, name: str, at: ast.stmt | None = None) -> Binding | None:
        """Return a name's binding at the top level, at a statement or at the end of the text."""
        return self._in_scope(name, self.module, at)

    def _in_scope(self, name: str, scope: Scope, at: ast.stmt | None) -> Binding | None:
        if name not in scope.bound:
            return None
        if isinstance(scope.node, TYPE_PARAMETERS):
            return Binding(scope.bound[name][0], "", When.BOUND)
        nodes, unsure, _ = self._followed(scope)
        bound = nodes.get(name, [])
        node: ast.AST | None = self._bound_at(scope, at).get(name)
        when = When.UNSURE if node is None or name in unsure else When.BOUND
        if node is None and bound:
            node = bound[-1]
        meanings = {_meaning(each, name) for each in bound}
        ambiguous = len(meanings) + (name in unsure) > 1
        return Binding(node, origin(node, name) if node else "", when, ambiguous)

    def _bound_at(self, scope: Scope, at: ast.stmt | None) -> Bound:
        """Return the names of a scope that are certainly bound when a statement is reached."""
        around = [at, *self.around(at)] if at else []
        path = [each for each in around if self.scopes[each] is scope]
        key = (scope, path[0] if path else None)
        if key not in self._reached:
            body = getattr(scope.node, "body", ())
            parameters = arguments(scope.node) if isinstance(scope.node, FUNCTIONS) else ()
            bound: Bound = {each.arg: each for each in parameters}
            bound.update(self._followed(scope).flow.reached(body, frozenset(path)))
            self._reached[key] = bound
        return self._reached[key]

    def _followed(self, scope: Scope) -> _Followed:
        if scope not in self._all:
            nodes: dict[str, list[ast.AST]] = {}
            unsure: set[str] = set()
            names: dict[ast.AST, list[str]] = {}
            for name, binding in scope.bound.items():
                for each in binding:
                    node = self._binder(each, scope)
                    if node is None:
                        unsure.add(name)
                    elif not _gives_no_value(node):
                        nodes.setdefault(name, []).append(node)
                        names.setdefault(node, []).append(name)
            self._all[scope] = _Followed(nodes, unsure, Flow(names))
        return self._all[scope]

    def _binder(self, node: ast.AST, scope: Scope) -> ast.AST | None:
        """Return the statement or parameter that binds a name at a node; else None."""
        if isinstance(node, ast.arg):
            return node
        if self.scopes[node] is not scope or not isinstance(node, ast.stmt | ast.Name):
            return None
        parent = self.parents[node]
        statement = next(each for each in (node, *self.around(node)) if isinstance(each, ast.stmt))
        if isinstance(statement, ast.Delete):  # functions run after the whole module has run
            followed = parent is statement and self.parents[statement] is self.tree
            return statement if followed else None
        return None if isinstance(parent, ast.NamedExpr) else statement


@lru_cache(maxsize=2)
def bindings_of(source: Source) -> Bindings:
    """Return the bindings of a source, cached for proposing, writing and proving."""
    return Bindings(source)


def is_no_type(binding: Binding) -> bool:
    """Return whether a name certainly refers to no type, but to a function, parameter or value."""
    match binding.node:
        case None:
            return binding.when is When.UNSURE
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.arg() | ast.For() | ast.AsyncFor():
            return True
        case ast.AnnAssign(annotation=annotation) if "TypeAlias" in ast.dump(annotation):
            return False
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
                return value.func.id in _MAKE_VALUES
            return not isinstance(
                value, ast.Name | ast.Attribute | ast.Subscript | ast.BinOp | ast.Call
            )
        case _:
            return False


_MAKE_VALUES = frozenset(
    {"bool", "bytearray", "bytes", "complex", "dict", "enumerate", "float", "frozenset", "int"}
    | {"len", "list", "max", "min", "open", "range", "repr", "set", "sorted", "str", "sum", "tuple"}
)
"""Built-in functions and classes whose result is not a type."""


def _gives_no_value(node: ast.AST) -> bool:
    """Return whether a statement only declares or deletes its names."""
    return isinstance(node, ast.Delete) or (isinstance(node, ast.AnnAssign) and node.value is None)


def _meaning(node: ast.AST, name: str) -> str | int:
    full = origin(node, name)
    return full.rpartition(".")[2] if full else id(node)


def _words(text: str) -> Iterator[str]:
    word = ""
    for character in text + " ":
        if (word + character).isidentifier():
            word += character
        else:
            if word:
                yield word
            word = character if character.isidentifier() else ""


def _docstrings(tree: ast.Module) -> set[ast.AST]:
    found: set[ast.AST] = set()
    for node in all_nodes(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            found.add(body[0].value)
    return found
