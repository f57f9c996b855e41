"""Which names stand for what at a place of a text, and whether they are bound there at run time."""

from __future__ import annotations

import ast
import builtins
from enum import Enum, auto
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.bindings import bound_anywhere, named, reached
from python_expert.analysis.nodes import parameter_named
from python_expert.analysis.source import all_nodes
from python_expert.text.document import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.analysis.source import Source

Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
"""What a definition may stand in."""


class When(Enum):
    """When a name has its meaning, seen from a place."""

    BUILTIN = auto()
    BOUND = auto()
    LATER = auto()
    CHECKING = auto()


class Binding(NamedTuple):
    """What a name stands for.

    Attributes:
        node: The statement that binds it; None for a built-in.
        origin: An imported name's full name (``typing.Any``, ``os``), a built-in's own name,
            else empty.
        when: When it is bound.
        ambiguous: Whether other statements of the scope bind the name to something else.
    """

    node: ast.AST | None
    origin: str
    when: When
    ambiguous: bool = False


class Names:
    """The names of a text."""

    def __init__(self, source: Source) -> None:
        self._tree = source.tree
        self._source = source
        self._reached: dict[tuple[int, int], dict[str, ast.AST]] = {}
        self._all: dict[int, dict[str, list[tuple[ast.AST, bool]]]] = {}

    @cached_property
    def in_use(self) -> frozenset[str]:
        """Names that a new import must not bind.

        All names in the code, and the words of its strings other than docstrings, as they may
        be evaluated. Comments and docstrings are for people.
        """
        skipped = _docstrings(self._tree)
        used = {name for node in all_nodes(self._tree) for name in named(node)}
        for node in all_nodes(self._tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                used.update(() if node in skipped else _words(node.value))
        lines = split_lines(self._source.text)
        for line in self._source.masked:
            used.update(_words(lines[line]))
        return frozenset(used)

    def lookup(self, name: str, at: ast.stmt, parents: Sequence[Scope]) -> Binding | None:
        """What a name in an annotation stands for.

        Args:
            name: The name, without dots.
            at: The statement that the annotation belongs to.
            parents: The definitions around it, outermost first.

        Returns:
            None if nothing in the text binds the name and it is not a built-in.
        """
        if declared := parameter_named(at, name):  # by the function whose header it is
            return Binding(declared, "", When.BOUND)
        for depth in range(len(parents), 0, -1):
            scope = parents[depth - 1]
            if depth == len(parents) or not isinstance(scope, ast.ClassDef):
                inner = parents[depth] if depth < len(parents) else at
                found = self._in_scope(name, scope, scope.body, inner)
                if found:
                    return found
            if declared := parameter_named(scope, name):  # which functions in a class see, too
                return Binding(declared, "", When.BOUND)
        outer = parents[0] if parents else at
        found = self._in_scope(name, self._tree, self._tree.body, outer)
        if found is None and hasattr(builtins, name):
            return Binding(None, name, When.BUILTIN)
        return found

    def at_top(self, name: str, at: ast.stmt | None = None) -> Binding | None:
        """What a name stands for at the top level: at a statement, or at the text's end."""
        return self._in_scope(name, self._tree, self._tree.body, at)

    @cached_property
    def imported(self) -> dict[str, str]:
        """All names that imports at the top level bind, with what they stand for."""
        found = {}
        for name, bound in self._bindings(self._tree, self._tree.body).items():
            node = bound[-1][0]
            if isinstance(node, ast.Import | ast.ImportFrom):
                found[name] = origin(node, name)
        return found

    def _in_scope(
        self, name: str, scope: ast.AST, body: Sequence[ast.stmt], at: ast.stmt | None
    ) -> Binding | None:
        bound = self._bindings(scope, body).get(name)
        if not bound:
            return None
        if isinstance(bound[0][0], ast.Global | ast.Nonlocal):
            return None
        key = (id(scope), id(at))
        if key not in self._reached:
            self._reached[key] = reached(body, at)
            if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
                args = {arg.arg: arg for arg in arguments(scope)}
                self._reached[key] = {**args, **self._reached[key]}
        node = self._reached[key].get(name)
        meanings = {_meaning(each, name) for each, _ in bound}
        if node is not None:
            return Binding(node, origin(node, name), When.BOUND, len(meanings) > 1)
        node = bound[-1][0]
        when = When.CHECKING if all(flag for _, flag in bound) else When.LATER
        return Binding(node, origin(node, name), when, len(meanings) > 1)

    def _bindings(
        self, scope: ast.AST, body: Sequence[ast.stmt]
    ) -> dict[str, list[tuple[ast.AST, bool]]]:
        if id(scope) not in self._all:
            found: dict[str, list[tuple[ast.AST, bool]]] = {}
            if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
                for arg in arguments(scope):
                    found.setdefault(arg.arg, []).append((arg, False))
            for name, node, checking in bound_anywhere(body, checking=False):
                found.setdefault(name, []).append((node, checking))
            self._all[id(scope)] = found
        return self._all[id(scope)]


def arguments(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.arg]:
    """All parameters of a function, in the order of the text."""
    args = function.args
    found = [*args.posonlyargs, *args.args]
    found += [args.vararg] if args.vararg else []
    found += args.kwonlyargs
    return found + ([args.kwarg] if args.kwarg else [])


def origin(node: ast.AST, name: str) -> str:
    """The full name of what an import binds to a name, with a dot for each relative level."""
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


def is_no_type(binding: Binding) -> bool:
    """Whether what a name stands for is plainly no type: a function, a parameter, a value."""
    match binding.node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.arg() | ast.For() | ast.AsyncFor():
            return True
        case ast.AnnAssign(annotation=annotation) if "TypeAlias" in ast.dump(annotation):
            return False
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return not isinstance(
                value, ast.Name | ast.Attribute | ast.Subscript | ast.BinOp | ast.Call
            )
        case _:
            return False


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
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            found.add(body[0].value)
    return found
