"""Comparison of the resolver's scopes with Python's own symbol table."""

from __future__ import annotations

import ast
import symtable
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from python_expert.analysis.nodes import TYPE_PARAMETERS
from python_expert.analysis.scopes import FUNCTIONS, binds_nothing
from python_expert.analysis.types.runtime import is_lazy
from python_expert.text.parsing import no_warnings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from python_expert.analysis.scopes import Scope, Scopes

_NAMELESS: Final = {
    ast.Lambda: "lambda",
    ast.ListComp: "listcomp",
    ast.SetComp: "setcomp",
    ast.DictComp: "dictcomp",
    ast.GeneratorExp: "genexpr",
}
"""Python's names for scopes that have no name of their own."""

_INLINED: Final = (ast.ListComp, ast.SetComp, ast.DictComp) if sys.version_info >= (3, 12) else ()
"""Comprehensions that Python may compile as part of the enclosing scope."""

_Key = tuple[str, int, str]


class Disagreement(NamedTuple):
    """A name about which Python and the resolver disagree.

    Attributes:
        name: The name.
        line: The 0-based line where the text uses or binds the name.
    """

    name: str
    line: int


def disagreements(
    scopes: Scopes, code: str, lines: AbstractSet[int] | None = None
) -> list[Disagreement]:
    """Return the names that the resolver finds in another scope than Python does.

    Args:
        scopes: The resolver's scopes of a text.
        code: The text.
        lines: 0-based lines: names are compared in the outermost functions and classes there. None
            for all names.

    Raises:
        SyntaxError: Python cannot compile this.
        ValueError: Python cannot compile this.
        RecursionError: The code is nested too deeply.
    """
    with no_warnings():
        top = symtable.symtable(code, "<text>", "exec")
    nodes = {scopes.tree} if lines is None else _touched(scopes.tree, lines)
    return list(_Tables(scopes, top).compare(nodes))


def _touched(tree: ast.Module, lines: AbstractSet[int]) -> set[ast.AST]:
    """Return the top-level statements on some lines."""
    return {
        each
        for each in tree.body
        if not lines.isdisjoint(range(each.lineno - 1, each.end_lineno or each.lineno))
    }


class _Tables:
    """Python's symbol tables, compared with the resolver's scopes."""

    def __init__(self, scopes: Scopes, top: symtable.SymbolTable) -> None:
        self._scopes = scopes
        self._top = top
        self._parents: dict[int, symtable.SymbolTable] = {}
        self._tables: dict[Scope, symtable.SymbolTable] = {}
        self._scope_of: dict[int, Scope] = {}
        self._inner: dict[int, list[symtable.SymbolTable]] = {}
        self._without: list[Scope] = []
        self._mixed: set[tuple[int, str]] = set()
        self._unseen = _unseen(scopes)
        self._pair()

    def compare(self, within: Iterable[ast.AST]) -> Iterator[Disagreement]:
        """Yield the names that the two resolve differently, and the scopes that only one side has.

        Args:
            within: The trees whose names are compared.
        """
        for scope in self._without:
            yield _at(scope.node, self._key(scope)[0])
        for (scope, name), node in self._names(within).items():
            table = self._tables.get(scope)
            if table is not None and not self._agree(table, scope, name):
                yield _at(node, name)

    def _names(self, within: Iterable[ast.AST]) -> dict[tuple[Scope, str], ast.AST]:
        """Return each name that is used or bound in a scope, with one of its nodes."""
        found: dict[tuple[Scope, str], ast.AST] = {}
        for node in (each for tree in within for each in ast.walk(tree)):
            if isinstance(node, ast.Name) and node not in self._unseen:
                found.setdefault((self._scopes.scopes[node], node.id), node)
            if (inner := self._scopes.inner.get(node)) is None:
                continue
            for name, nodes in inner.bound.items():
                if name != "*" and not self._unseen.issuperset(nodes):
                    found.setdefault((inner, name), nodes[0])
        return found

    def _pair(self) -> None:
        """Find the table of each scope: by name and line, and in the order of the text."""
        inner: dict[Scope | None, list[Scope]] = {}
        for scope in self._scopes.inner.values():
            if scope.node not in self._unseen:
                inner.setdefault(scope.outer, []).append(scope)
        waiting = [(self._scopes.module, self._top)]
        while waiting:
            scope, table = waiting.pop()
            self._tables[scope] = table
            self._scope_of[table.get_id()] = scope
            found: dict[_Key, list[symtable.SymbolTable]] = {}
            for child in self._children(table):
                form = "type" if _is_type_parameters(child) else ""
                found.setdefault((child.get_name(), child.get_lineno(), form), []).append(child)
            rest = inner.get(scope, [])[::-1]
            while rest:
                each = rest.pop()
                if tables := found.get(self._key(each)):
                    waiting.append((each, tables.pop(0)))
                elif isinstance(each.node, _INLINED):
                    self._tables[each] = table
                    within = [table, *self._inner.get(table.get_id(), ())]
                    self._mixed |= {(it.get_id(), name) for it in within for name in each.bound}
                    rest += inner.get(each, [])[::-1]
                else:
                    self._without.append(each)

    def _children(self, table: symtable.SymbolTable) -> list[symtable.SymbolTable]:
        """Return the child tables of a table, including the children of its annotation tables."""
        found = []
        for each in table.get_children():
            self._parents[each.get_id()] = table
            if _is_annotation(each):
                self._inner.setdefault(table.get_id(), []).append(each)
                found += self._children(each)
            else:
                found.append(each)
        return found

    def _key(self, scope: Scope) -> _Key:
        node = scope.node
        if isinstance(node, TYPE_PARAMETERS):
            node = self._scopes.parents[node]
            name = getattr(node, "name", "")
            return str(getattr(name, "id", name)), getattr(node, "lineno", 0), "type"
        name = _NAMELESS.get(type(node)) or str(getattr(node, "name", ""))
        return name, getattr(node, "lineno", 0), ""

    def _agree(self, table: symtable.SymbolTable, scope: Scope, name: str) -> bool:
        """Return whether Python and the resolver find a name in the same scope."""
        known = self._lookup(table, self._mangled(table, name))
        if known is None:
            return False
        place, symbol = known
        if self._is_mixed(place, symbol) or (
            self._scope_of[table.get_id()] is not scope and isinstance(table, symtable.Class)
        ):
            return True
        ours = scope.find(name)
        where = self._tables.get(ours) if ours else None
        # In this order: in a function called ``top``, symtable takes every variable for a global.
        if symbol.is_free():
            right = where is self._enclosing(place, symbol.get_name())
        elif symbol.is_local() and not symbol.is_declared_global():
            right = where is place
        else:
            right = where in {None, self._top}
        return right or (where is not None and self._sees(place, where, symbol.get_name()))

    def _is_mixed(self, table: symtable.SymbolTable, symbol: symtable.Symbol) -> bool:
        """Return whether Python's tables confuse a comprehension's variable with an outer one."""
        name = symbol.get_name()
        around: symtable.SymbolTable | None = table
        while around is not None:
            if (around.get_id(), name) in self._mixed:
                return True
            around = self._parents.get(around.get_id()) if symbol.is_free() else None
        return False

    def _lookup(
        self, table: symtable.SymbolTable, name: str
    ) -> tuple[symtable.SymbolTable, symtable.Symbol] | None:
        """Return the symbol of a name in a table, otherwise in one of its annotation tables."""
        try:
            return table, table.lookup(name)
        except KeyError:
            inner = (self._lookup(each, name) for each in self._inner.get(table.get_id(), ()))
            return next((each for each in inner if each), None)

    def _enclosing(self, table: symtable.SymbolTable, name: str) -> symtable.SymbolTable | None:
        """Return the enclosing table that binds a name which is free in a table."""
        while (parent := self._parents.get(table.get_id())) is not None:
            table = parent
            if isinstance(table, symtable.Class):
                continue
            known = name in table.get_identifiers() and table.lookup(name)
            if known and known.is_local():
                return table
        return None  # ``__class__``

    def _sees(self, table: symtable.SymbolTable, where: symtable.SymbolTable, name: str) -> bool:
        """Return whether a type-parameter table is directly in a class that binds a name."""
        while _is_annotation(table) or _is_type_parameters(table):
            table = self._parents[table.get_id()]
        known = isinstance(table, symtable.Class) and name in table.get_identifiers()
        return known and where is table and table.lookup(name).is_local()

    def _is_of_class(self, table: symtable.SymbolTable) -> bool:
        """Return whether a table belongs to a class, or to the type parameters of a class."""
        if _is_type_parameters(table):
            node = self._scopes.parents[self._scope_of[table.get_id()].node]
            return isinstance(node, ast.ClassDef)
        return isinstance(table, symtable.Class)

    def _mangled(self, table: symtable.SymbolTable, name: str) -> str:
        """Return a private name as mangled by the class around it."""
        if not name.startswith("__") or name.endswith("__") or "." in name:
            return name
        around: symtable.SymbolTable | None = table
        while around is not None and not self._is_of_class(around):
            around = self._parents.get(around.get_id())
        plain = around.get_name().lstrip("_") if around else ""
        return f"_{plain}{name}" if plain else name


def _unseen(scopes: Scopes) -> set[ast.AST]:
    """Return the nodes of annotations that are never evaluated, which Python's tables omit."""
    found: set[ast.AST] = set()
    strings = is_lazy(scopes.tree, (3, 0))
    for node, scope in scopes.scopes.items():
        if isinstance(node, ast.AnnAssign) and binds_nothing(node):
            found.add(node.target)
        local = isinstance(node, ast.AnnAssign) and isinstance(scope.node, FUNCTIONS)
        if strings or (local and sys.version_info >= (3, 14)):
            for part in (getattr(node, "annotation", None), getattr(node, "returns", None)):
                if isinstance(part, ast.AST):
                    found.update(ast.walk(part))
    return found


def _form(table: symtable.SymbolTable) -> str:
    """Return the kind of a table that has no class in ``symtable``."""
    if isinstance(table, symtable.Class | symtable.Function):
        return ""
    try:
        return str(getattr(table.get_type(), "value", table.get_type()))
    except AssertionError:  # Python 3.11 has no name for annotation tables
        return "annotation"


def _is_type_parameters(table: symtable.SymbolTable) -> bool:
    return _form(table).startswith("type parameter")


def _is_annotation(table: symtable.SymbolTable) -> bool:
    """Return whether a table is for lazily evaluated types; such tables bind nothing."""
    return _form(table) not in {"", "module"} and not _is_type_parameters(table)


def _at(node: ast.AST, name: str) -> Disagreement:
    return Disagreement(name, getattr(node, "lineno", 1) - 1)
