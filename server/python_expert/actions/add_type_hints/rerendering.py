"""Rewrites a type with the names and syntax of one text, and its needed imports."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.bindings import Bindings, When, is_no_type
from python_expert.analysis.nodes import is_none
from python_expert.analysis.types import tables
from python_expert.analysis.types.grammar import (
    NotATypeError,
    dotted,
    is_literal,
    render,
    root,
)
from python_expert.text.parsing import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from python_expert.actions.add_type_hints.slots import Slot
    from python_expert.analysis.bindings import Binding


class Needed(NamedTuple):
    """An import that a type needs.

    Attributes:
        module: The module, with leading dots if relative.
        name: The imported name; empty if a proposal names only the module.
        alias: The name that the import binds.
        checking: Whether only type checkers need the import.
    """

    module: str
    name: str
    alias: str
    checking: bool


def full_name(node: ast.expr, names: Bindings, slot: Slot) -> str:
    """Return the full name of a name, dotted or not, at a slot."""
    name = root(node)
    found = names.lookup(name, slot.at)
    return (found.origin if found and found.origin else name) + dotted(node)[len(name) :]


class Rerendering(ast.NodeTransformer):
    """Rewrites the names and the syntax of one type.

    Args:
        names: The names of the text.
        slot: The slot for the type.
        wanted: The imports that were proposed with the type, by the name they bind.
        modern: Whether the newest syntax is valid at the slot for every supported Python version.
        python: The oldest supported Python version.
        plain: Whether imports are made at run time; None if that depends on the module.

    Attributes:
        needed: The missing imports, by the name they bind.
    """

    def __init__(
        self,
        names: Bindings,
        slot: Slot,
        wanted: Mapping[str, Needed],
        *,
        modern: bool,
        python: tuple[int, int],
        plain: bool | None,
    ) -> None:
        self._names = names
        self._plain = plain
        self._slot = slot
        self._wanted = wanted
        self._python = python if not modern else max(python, (3, 11))
        self._real = python
        self.needed: dict[str, Needed] = {}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Resolve a name to a name of the file, or to an import."""
        found = self._names.lookup(node.id, self._slot.at)
        want = self._want(node.id, found)
        if want is None:
            return self._known(node, found)
        if found and found.origin and tables.same(found.origin, f"{want.module}.{want.name}"):
            return self._known(node, found)
        return self._resolved(want)

    def _want(self, name: str, found: Binding | None) -> Needed | None:
        """Return the proposed or well-known import that a name needs."""
        want = self._wanted.get(name)
        if want is not None and want.name:
            return want
        modules = [each.module for each in self._wanted.values() if not each.name]
        for module in modules:
            bound = found and found.when is not When.BUILTIN and found.origin != module
            if not bound and tables.exists(module, name, self._real):
                return Needed(module, name, name, checking=True)
        if found is not None:
            return None
        if home := tables.home(name):
            return Needed(home, name, name, checking=False)
        return Needed(modules[0], name, name, checking=True) if len(modules) == 1 else None

    def _resolved(self, want: Needed) -> ast.expr:
        """Return the file's own name for an import, or else a new import in its newest form."""
        if want.module == "typing_extensions" and tables.exists("typing", want.name, self._real):
            want = want._replace(module="typing")
        full = f"{want.module}.{want.name}"
        if known := self._imported(full):
            return known
        module, _, name = tables.newest(full, self._python).rpartition(".")
        if not module:
            found = self._names.lookup(name, self._slot.at)
            if found and found.when is When.BUILTIN:
                return ast.Name(name, ast.Load())
        elif (module, name) != (want.module, want.name):
            if known := self._imported(f"{module}.{name}"):
                return known
            want = Needed(module, name, want.alias, checking=True)
        return self._new(self._called(want), want)

    def _called(self, want: Needed) -> str:
        """Return an import's own name to bind, because other files may look for its alias."""
        if want.module == "collections.abc" and want.name == "Set":
            return "AbstractSet"  # set and typing.Set are different classes
        if want.alias == want.name or want.alias.startswith("_"):
            return want.alias
        taken = self._names.lookup(want.name, self._slot.at) or want.name in self._names.in_use
        return f"_{want.name}" if taken else want.name

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Resolve a dotted name."""
        text, name = dotted(node), root(node)
        found = self._names.lookup(name, self._slot.at)
        full, rest = self._in_module(text)
        if found and (not full or full + rest == full_name(node, self._names, self._slot)):
            self._known(ast.Name(name, ast.Load()), found)
            return node
        module, _, last = text.rpartition(".")
        if not full and (
            module in tables.TYPING_MODULES or tables.exists(module, last, self._real)
        ):
            full = text
        if not full:
            want = self._wanted.get(name)
            if want is None:
                raise NotATypeError(f"{name} is not known here")
            replaced, rest = self.visit_Name(ast.Name(name, ast.Load())), text[len(name) :]
        else:
            module, _, last = full.rpartition(".")
            replaced = self._resolved(Needed(module, last, last, checking=True))
        return _parsed(render(replaced) + rest)

    def _in_module(self, text: str) -> tuple[str, str]:
        """Split a dotted name with a proposed module into the module's name and the rest.

        Both are empty if no such module was proposed.
        """
        for alias, each in self._wanted.items():
            if not each.name and text.startswith(f"{alias}."):
                parts = text[len(alias) + 1 :].split(".")
                classes = (at for at, part in enumerate(parts) if part[:1].isupper())
                end = next(classes, len(parts) - 1) + 1
                rest = "".join(f".{part}" for part in parts[end:])
                return ".".join([each.module, *parts[:end]]), rest
        return "", ""

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """Write ``Optional``, ``Union`` and old generics for the project's Python."""
        if is_literal(node):
            for each in ast.walk(node.slice):
                if isinstance(each, ast.Name) and not self._names.lookup(each.id, self._slot.at):
                    raise NotATypeError(f"{each.id} is not known here")
            return ast.Subscript(self.visit(node.value), node.slice, ast.Load())
        value: ast.expr = self.visit(node.value)
        inner: ast.expr = self.visit(node.slice)
        full = self._full(value)
        if full in {"typing.Optional", "typing.Union"} and self._python >= (3, 10):
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            if full == "typing.Optional":
                parts = [inner, ast.Constant(None)]
            if not parts:
                raise NotATypeError("Union[...] takes at least one type")
            self._unneeded(value)
            return _union(parts)
        old = tables.old_spelling(full)
        if old and self._python < (3, 9) and not full.startswith("typing."):
            self._unneeded(value)
            value = self._typing(old)
        return ast.Subscript(value, inner, ast.Load())

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Write a union for the project's Python."""
        parts = [self.visit(part) for part in _operands(node)]
        if self._python >= (3, 10):
            return _union(parts)
        some = [part for part in parts if not is_none(part)]
        inner: ast.expr = some[0] if len(some) == 1 else _tuple(some)
        if len(some) > 1:
            inner = ast.Subscript(self._typing("Union"), inner, ast.Load())
        if len(some) == len(parts):
            return inner
        return ast.Subscript(self._typing("Optional"), inner, ast.Load())

    def _known(self, node: ast.Name, found: Binding | None) -> ast.expr:
        if found is None:
            raise NotATypeError(f"{node.id} is not known here")
        if found.when is When.BUILTIN and not tables.is_builtin_class(node.id, self._real):
            raise NotATypeError(f"{node.id} is not a type")
        if is_no_type(found):
            raise NotATypeError(f"{node.id} is not a type here")
        return node

    def _full(self, value: ast.expr) -> str:
        if isinstance(value, ast.Name) and value.id in self.needed:
            each = self.needed[value.id]
            return f"{each.module}.{each.name}"
        full = full_name(value, self._names, self._slot)
        return full.replace("typing_extensions.", "typing.")

    def _typing(self, name: str) -> ast.expr:
        return self._imported(f"typing.{name}") or self._new(
            name, Needed("typing", name, name, checking=False)
        )

    def _unneeded(self, value: ast.expr) -> None:
        """Remove an import that only a replaced form needed."""
        if isinstance(value, ast.Name):
            self.needed.pop(value.id, None)

    def _imported(self, full: str) -> ast.expr | None:
        """Return the expression for something that the text has imported already, or None."""
        name = full.rpartition(".")[2]
        best = None
        for bound, meant in self._names.imported.items():
            if tables.same(meant, full):
                best = bound
                break
            if (
                meant
                and tables.same(f"{meant}.{name}", full)
                and (meant not in tables.TYPING_MODULES or tables.exists(meant, name, self._real))
            ):
                best = f"{bound}.{name}"
        if best is None:
            return None
        found = self._names.lookup(best.partition(".")[0], self._slot.at)
        usable = found is not None and found.origin in {full, *self._names.imported.values()}
        return _parsed(best) if usable else None

    def _new(self, called: str, want: Needed) -> ast.expr:
        if called in self._names.in_use or self._names.lookup(called, self._slot.at):
            raise NotATypeError(f"{called} already means something else in this file")
        there = tables.exists(want.module, want.name, self._real)
        if want.module == "typing" and not there:
            # Type checkers know this module even if it is not installed.
            want = want._replace(module="typing_extensions")
            there = tables.exists(want.module, want.name, self._real)
            if not there:
                raise NotATypeError(f"typing has no {want.name} in the Python of this project")
        harmless = want.module in tables.TYPING_MODULES and there
        if want.module == "typing_extensions":
            harmless = harmless and any(
                meant.startswith("typing_extensions") for meant in self._names.imported.values()
            )
        plain = harmless if self._plain is None else self._plain
        self.needed[called] = Needed(want.module, want.name, called, checking=not plain)
        return ast.Name(called, ast.Load())


def _parsed(text: str) -> ast.expr:
    return syntax_tree(text, "eval").body


def _operands(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp):
        return [*_operands(node.left), *_operands(node.right)]
    return [node]


def _tuple(parts: list[ast.expr]) -> ast.Tuple:
    return ast.Tuple(parts, ast.Load())


def _union(parts: Iterable[ast.expr]) -> ast.expr:
    """Return a union of types with ``|``, without duplicates and with None last."""
    flat = [each for part in parts for each in _operands(part)]
    unique = {render(each): each for each in flat}
    ordered = sorted(unique.values(), key=is_none)
    node = ordered[0]
    for part in ordered[1:]:
        node = ast.BinOp(node, ast.BitOr(), part)
    return node
