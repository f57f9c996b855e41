"""Which names stand for what at a place of a text, and whether they are bound there at run time."""

from __future__ import annotations

import ast
import builtins
from enum import Enum, auto
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from python_expert.snapshot import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from python_expert.rewrites.source import Source

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
        used = {name for node in ast.walk(self._tree) for name in _named(node)}
        for node in ast.walk(self._tree):
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
        for depth in range(len(parents), 0, -1):
            scope = parents[depth - 1]
            if isinstance(scope, ast.ClassDef) and depth < len(parents):
                continue
            inner = parents[depth] if depth < len(parents) else at
            found = self._in_scope(name, scope, scope.body, inner)
            if found:
                return found
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
        if any(getattr(each, "name", "") == name for each in getattr(scope, "type_params", ())):
            return Binding(scope, "", When.BOUND)
        bound = self._bindings(scope, body).get(name)
        if not bound:
            return None
        if isinstance(bound[0][0], ast.Global | ast.Nonlocal):
            return None
        key = (id(scope), id(at))
        if key not in self._reached:
            self._reached[key] = _reached(body, at)
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
            for name, node, checking in _bound_anywhere(body, checking=False):
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


def is_checking(test: ast.expr) -> bool:
    """Whether a condition is ``TYPE_CHECKING`` or ends in it."""
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute)
        and test.attr == "TYPE_CHECKING"
        and isinstance(test.value, ast.Name)
    )


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


def _targets(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            yield each.id


def _named(node: ast.AST) -> Iterator[str]:
    """Names that a node holds itself, those after a dot left out."""
    if isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]
        return
    for field in ("id", "arg", "name", "rest"):
        if isinstance(name := getattr(node, field, None), str):
            yield name
    if isinstance(node, ast.Global | ast.Nonlocal):
        yield from node.names


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
                if item.optional_vars:
                    yield from _targets(item.optional_vars)
        case _:
            if isinstance(node, ast.AnnAssign) and node.value is None:
                return
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


def _bound_anywhere(
    body: Iterable[ast.stmt], *, checking: bool
) -> Iterator[tuple[str, ast.AST, bool]]:
    for node in body:
        for name in _bound_by(node):
            yield name, node, checking
        for index, block in enumerate(_blocks(node)):
            inner = checking or (isinstance(node, ast.If) and index == 0 and is_checking(node.test))
            yield from _bound_anywhere(block, checking=inner)


def _reached(body: Sequence[ast.stmt], at: ast.stmt | None) -> dict[str, ast.AST]:
    """The names certainly bound when a statement of a body is reached (None: its end)."""
    bound: dict[str, ast.AST] = {}
    for node in body:
        if node is at:
            break
        inside = at is not None and node.lineno <= at.lineno <= (node.end_lineno or node.lineno)
        if inside:
            bound.update({name: node for name in _bound_by(node) if not _is_definition(node)})
            if isinstance(node, ast.Try) and any(_within(each, at) for each in node.orelse):
                bound.update(_reached(node.body, None))
            for block in _blocks(node):
                if any(_within(each, at) for each in block):
                    bound.update(_reached(block, at))
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
                return _reached(orelse, None)
            return _both([body, orelse])
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            ways = [[*body, *orelse], *(handler.body for handler in handlers)]
            return {**_both(ways), **_reached(final, None)}
        case ast.With(body=body) | ast.AsyncWith(body=body):
            return {**dict.fromkeys(_bound_by(node), node), **_reached(body, None)}
        case ast.For() | ast.AsyncFor() | ast.Global() | ast.Nonlocal():
            return {}
        case _:
            return dict.fromkeys(_bound_by(node), node)


def _both(ways: Iterable[Sequence[ast.stmt]]) -> dict[str, ast.AST]:
    """The names bound whichever way is taken; ways that leave do not count."""
    found = [
        _reached(way, None)
        for way in ways
        if not (way and isinstance(way[-1], ast.Raise | ast.Return | ast.Continue | ast.Break))
    ]
    if not found:
        return {}
    return {name: node for name, node in found[0].items() if all(name in way for way in found)}
