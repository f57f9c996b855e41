"""Uses of definitions that were converted in other files of the project."""

from __future__ import annotations

import ast
import builtins
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.analysis.cross_file_strings import cross_file_strings
from python_expert.analysis.external_bases import external_base
from python_expert.analysis.handed_on import (
    BY_NAME,
    is_class_passed,
    is_looked_into,
)
from python_expert.analysis.modules import is_of_project, is_relative, may_be_in, module_names
from python_expert.analysis.nodes import origin, root
from python_expert.analysis.reexports import reexports
from python_expert.analysis.scopes import FUNCTIONS
from python_expert.analysis.source import all_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.elsewhere import Converted, Elsewhere


class CrossFileUses:
    """The uses of definitions that were converted in other files.

    A use is certain only if imports or a type checker show what it refers to. Other uses of the
    same name count as doubts.

    Args:
        program: The text.
        elsewhere: The definitions that were converted.

    Attributes:
        calls: The calls of functions that are async now.
        doubts: Places that may be uses, or uses that cannot be converted, and why.
        reexported: The definitions that others may import from this module.
    """

    def __init__(self, program: Program, elsewhere: Elsewhere) -> None:
        self.calls: dict[ast.Call, Converted] = {}
        self.doubts: list[tuple[ast.AST, str]] = []
        self.reexported: list[Converted] = []
        self._program, self._names, self._file = program, program.names, elsewhere.file
        self._known: dict[str, list[Converted]] = {}
        for each in elsewhere.converted:
            if each.path != elsewhere.file.path:
                self._known.setdefault(each.last, []).append(each)
        self._every = [each for known in self._known.values() for each in known]
        if self._known:
            self._modules = {
                each.path: module_names(each.path, elsewhere.file)
                for each in elsewhere.converted
                if each.path
            }
            self._aliases = self._imported()
            self._stars = any(map(_is_star, all_nodes(program.source.tree)))
            self._stored = {
                node.attr
                for node in all_nodes(program.source.tree)
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
            }
            self._is_by_name = bool(BY_NAME & program.source.words)
            self._is_passed = any(map(self._passes, all_nodes(program.source.tree)))
            named = cross_file_strings(program, self._known.keys(), is_passed=self._is_passed)
            self.doubts += named
            for node in all_nodes(program.source.tree):
                self._look(node)
            self.reexported = reexports(self._names, self._file.path, self._every, self._is_it)

    def _imported(self) -> dict[str, set[str]]:
        """Return the names that imports bind to anything named like a converted definition."""
        found: dict[str, set[str]] = {}
        for node in all_nodes(self._program.source.tree):
            for alias in node.names if isinstance(node, ast.ImportFrom) else ():
                if alias.name in self._known:
                    found.setdefault(alias.asname or alias.name, set()).add(alias.name)
        return found

    def _passes(self, node: ast.AST) -> bool:
        """Return whether a node passes on a class with a converted method."""
        if not isinstance(node, ast.Name | ast.Attribute):
            return False
        methods = (each for each in self._every if "." in each.name)
        return self._holds(node, methods, "last") and is_class_passed(self._names, node)

    def _holds(self, node: ast.expr, known: Iterable[Converted], part: str) -> bool:
        """Return whether an expression is the module or class of a converted definition."""
        full = self._full(node)
        return any(
            self._is_it(f"{one}.{getattr(each, part)}", each) for each in known for one in full
        )

    def _look(self, node: ast.AST) -> None:
        if isinstance(node, ast.Name | ast.Attribute):
            self._named(node)
        elif isinstance(node, FUNCTIONS):
            self._defined(node, node.name)
        elif isinstance(node, ast.MatchClass):
            for name in sorted(self._known.keys() & {*node.kwd_attrs}):
                self._doubt(node, f"{name} is captured by a pattern")
        elif isinstance(node, ast.keyword) and node.arg in self._known:
            self._keyword(node, node.arg)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self._attributes(node, self._names.parents[node])

    def _attributes(self, node: ast.Import | ast.ImportFrom, owner: ast.AST) -> None:
        """Process an import in the body of a class, which creates attributes."""
        if not isinstance(owner, ast.ClassDef):
            return
        for alias in node.names:
            name = alias.asname or alias.name
            for each in self._known.get(name, ()) if owner.bases else ():
                self._doubt(node, f"{name} may override {each.name}")
            for each in self._known.get(alias.name, ()):
                self._doubt(node, f"{each.name} may be used as {owner.name}.{name}")

    def _named(self, node: ast.Name | ast.Attribute) -> None:
        if isinstance(node, ast.Attribute):
            lasts = self._known.keys() & {node.attr}
        elif isinstance(node.ctx, ast.Load):
            lasts = self._known.keys() & self._aliases.get(node.id, {node.id})
        else:
            self._defined(node, node.id)
            return
        for last in sorted(lasts):
            self._use(node, self._known[last])
        if self._holds(node, self._every, "name") and is_looked_into(self._names, node):
            text = ast.unparse(node)
            self._doubt(node, f"{text} is passed on as a value, and may be inspected there")

    def _keyword(self, node: ast.keyword, name: str) -> None:
        """Process ``patch.multiple(store, load=f)``, whose keywords set attributes of a module."""
        call = self._names.parents[node]
        known = self._known[name]
        for each in call.args if isinstance(call, ast.Call) else ():
            text = each.value if isinstance(each, ast.Constant) else None
            named = isinstance(text, str) and any(
                self._is_it(f"{text}.{part}", one) for one in known for part in (one.name, one.last)
            )
            if named or self._holds(each, known, "name") or self._holds(each, known, "last"):
                self._doubt(node, f"{name} is assigned another value")
                return
        if self._is_passed:
            self._doubt(node, f"{name} may be given to an object of the class that has it")

    def _use(self, node: ast.Name | ast.Attribute, known: Iterable[Converted]) -> None:
        text, call = ast.unparse(node), self._names.parents.get(node)
        types = self._program.typed.named.get(node, ())
        full = self._full(node) or {self._names.dotted(node) or ""}
        known = [*known]
        imported = [each for each in known if any(self._is_it(name, each) for name in full)]
        typed = [each for each in known if all(self._is_named(name, each) for name in types)]
        typed = typed if types else []
        for each in [*dict.fromkeys((*imported, *typed))] or known:
            if not imported and not typed:
                if self._may_be(node, each):
                    self._doubt(node, f"it is not certain whether {text} is {each.name}")
            elif len(full) > 1 or (types and not typed):
                self._doubt(node, f"it is not certain whether {text} is always {each.name}")
            elif each.why:
                self._doubt(node, f"{text}: {each.why}")
            elif not isinstance(node.ctx, ast.Load):
                self._doubt(node, f"{text} is assigned another value")
            elif isinstance(call, ast.Call) and call.func is node:
                self.calls[call] = each
            else:
                self._doubt(node, f"{text} is passed on as a value, and would not be awaited")

    def _full(self, node: ast.expr) -> set[str]:
        """Return the full names that an expression may have by the imports; empty for others."""
        if isinstance(node, ast.Name):
            origins = {origin(each, node.id) for each in self._names.bindings(node)}
            return origins if any(origins) else set()
        if isinstance(node, ast.Attribute):
            return {f"{each}.{node.attr}" for each in self._full(node.value) if each}
        return set()

    def _is_it(self, full: str, each: Converted) -> bool:
        if full.startswith("."):
            return is_relative(full, self._file, each.path, each.name)
        return any(full == f"{module}.{each.name}" for module in self._modules[each.path])

    def _is_named(self, name: str, each: Converted) -> bool:
        """Return whether a type checker's name refers to a converted definition."""
        if self._is_it(name, each):
            return True
        # The object's own class may be a class of this text without such a method.
        owner, _, last = name.rpartition(".")
        module, _, kind = owner.rpartition(".")
        return (
            last == each.last
            and module in module_names(self._file.path, self._file)
            and any(
                isinstance(node, ast.ClassDef) and last not in self._names.inner[node].bound
                for node in self._names.module.bound.get(kind, [])
            )
        )

    def _may_be(self, node: ast.Name | ast.Attribute, each: Converted) -> bool:
        """Return whether an uncertain name may refer to a converted definition."""
        full, types = self._full(node), self._program.typed.named.get(node, ())
        if any(self._is_named(n, each) or may_be_in(n, each.path, each.name) for n in types):
            return True
        if full and types:
            return False  # a function or class that an import names and the type checker knows
        if full or isinstance(node, ast.Name):
            return (self._stars and not full) or any(
                name and self._is_nearby(name, each) for name in full
            )
        return node not in self._program.typed.methods and self._may_be_method(node, each)

    def _is_nearby(self, name: str, each: Converted) -> bool:
        """Return whether a name may be of the project, or of a folder not known to have modules."""
        path, root = Path(each.path), self._file.root
        folders = path.relative_to(root).parts if root and path.is_relative_to(root) else ()
        return (
            is_of_project(name, self._file)
            or name.partition(".")[0] in {*folders} - sys.stdlib_module_names
            or may_be_in(name, each.path, each.name)
        )

    def _may_be_method(self, node: ast.Attribute, each: Converted) -> bool:
        """Return whether an attribute of an object may be a converted method."""
        kind = self._names.kind(node.value)
        if isinstance(kind, ast.ClassDef):
            mro = self._names.mro(kind)
            own = any(each.last in self._names.inner[one].bound for one in mro)
            if not own and each.last not in self._stored:
                return True  # from ``__getattr__``, or set by name
            return any(self._is_open(base) for one in mro for base in self._names.bases(one))
        if isinstance(kind, str):
            return self._is_passed or self._is_nearby(kind, each)
        first = root(node, (ast.Attribute,))
        if isinstance(first, ast.Name) and (any(self._full(first)) or self._is_of_star(first)):
            return True
        private = each.why and each.last.startswith("_")  # own methods, checked above
        return self._is_by_name or ("." in each.name and not private)

    def _is_of_star(self, node: ast.Name) -> bool:
        """Return whether a name may come from ``from module import *``."""
        return self._stars and not self._names.bindings(node) and not hasattr(builtins, node.id)

    def _is_open(self, base: str | ast.ClassDef | None) -> bool:
        """Return whether objects of a class may be instances of a converted class."""
        if isinstance(base, ast.ClassDef):
            return False
        return base is None or base.endswith(".Protocol") or is_of_project(base, self._file)

    def _defined(self, node: ast.AST, name: str) -> None:
        """Process a definition that may override a converted method, or be its type in a stub."""
        owner = self._names.class_of(node)
        if isinstance(node, ast.Name):
            around = self._names.scopes[node].node
            owner = around if isinstance(around, ast.ClassDef) else None
        for each in self._known.get(name, ()):
            if self._file.path == f"{each.path}i":
                self._doubt(node, f"the stub declares {name}, and not as async")
            elif "." not in each.name or owner is None:
                continue
            elif isinstance(node, FUNCTIONS):
                if base := external_base(self._program, node):
                    self._doubt(node, f"{name} may override {each.name} by way of {base}")
            elif owner.bases:
                self._doubt(node, f"{name} may override {each.name}")

    def _doubt(self, node: ast.AST, why: str) -> None:
        self.doubts.append((node, why))


def _is_star(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
