"""Where a text uses what was converted in other files of its project."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from python_expert.analysis.foreign_bases import foreign_base
from python_expert.analysis.modules import is_of_project, is_relative, module_names
from python_expert.analysis.nodes import origin
from python_expert.analysis.scopes import FUNCTIONS
from python_expert.analysis.source import all_nodes
from python_expert.text.document import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.elsewhere import Converted, Elsewhere

_PATH = re.compile(r"[\w.:]+")
_WORD = re.compile(r"\w+")
_PROMPTS = (">>>", "...")


class ForeignUses:
    """The uses of what was converted in other files.

    A use counts only if imports or a type checker show what it is. Whatever has the same name,
    and may be it, is a doubt.

    Args:
        program: The text.
        elsewhere: What was converted.

    Attributes:
        calls: The calls of functions that are async now.
        doubts: Places that may be uses, or are some that cannot be converted, and why.
    """

    def __init__(self, program: Program, elsewhere: Elsewhere) -> None:
        self.calls: dict[ast.Call, Converted] = {}
        self.doubts: list[tuple[ast.AST, str]] = []
        self._program, self._names, self._file = program, program.names, elsewhere.file
        self._known: dict[str, list[Converted]] = {}
        for each in elsewhere.converted:
            if each.path != elsewhere.file.path:
                self._known.setdefault(each.last, []).append(each)
        if self._known:
            self._modules = {
                each.path: module_names(each.path, elsewhere.file)
                for each in elsewhere.converted
                if each.path
            }
            self._aliases = self._imported()
            self._unread()
            for node in all_nodes(program.source.tree):
                self._look(node)

    def _unread(self) -> None:
        """What does not parse may use anything that it names."""
        lines = split_lines(self._program.source.text)
        for line in sorted(self._program.source.masked):
            for name in sorted(self._known.keys() & {*_WORD.findall(lines[line])}):
                self._doubt(ast.Pass(lineno=line + 1), f"{name} stands in what does not parse")

    def _imported(self) -> dict[str, str]:
        """The names that imports bind to something that has a name looked for."""
        found = {}
        for node in all_nodes(self._program.source.tree):
            for alias in node.names if isinstance(node, ast.ImportFrom) else ():
                if alias.name in self._known:
                    found[alias.asname or alias.name] = alias.name
        return found

    def _look(self, node: ast.AST) -> None:
        if isinstance(node, ast.Name):
            last = self._aliases.get(node.id, node.id)
            if last in self._known and isinstance(node.ctx, ast.Load):
                self._use(node, self._known[last])
            elif node.id in self._aliases or node.id in self._known:
                self._defined(node, node.id)
        elif isinstance(node, ast.Attribute) and node.attr in self._known:
            self._use(node, self._known[node.attr])
        elif isinstance(node, FUNCTIONS) and node.name in self._known:
            self._defined(node, node.name)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            self._text(node, node.value)
        elif isinstance(node, ast.MatchClass):
            for each in sorted(self._known.keys() & {*node.kwd_attrs}):
                self._doubt(node, f"{each} is taken by a pattern")

    def _use(self, node: ast.Name | ast.Attribute, known: Iterable[Converted]) -> None:
        text, call = ast.unparse(node), self._names.parents.get(node)
        told = self._program.told.named.get(node, ())
        full = self._full(node) or {self._names.dotted(node) or ""}
        for each in known:
            imported = any(self._is_it(name, each) for name in full)
            typed = bool(told) and all(self._is_named(name, each) for name in told)
            if not imported and not typed:
                if self._may_be(node, each):
                    self._doubt(node, f"it is not certain whether {text} is {each.name}")
                continue
            if len(full) > 1 or (told and not typed):
                self._doubt(node, f"it is not certain whether {text} is always {each.name}")
            elif each.why:
                self._doubt(node, f"{text}: {each.why}")
            elif not isinstance(node.ctx, ast.Load):
                self._doubt(node, f"{text} gets another value")
            elif isinstance(call, ast.Call) and call.func is node:
                self.calls[call] = each
            else:
                self._doubt(node, f"{text} is passed on as a value, and nobody would await it")

    def _full(self, node: ast.expr) -> set[str]:
        """The full names that imports give to what an expression stands for; empty for others."""
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
        """Whether a name that a type checker gives is that of what was converted."""
        if self._is_it(name, each):
            return True
        # The object's own class, where that is one of this text that has not a method like it.
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
        """Whether a name that is not shown to be the one converted may be it all the same."""
        full, told = self._full(node), self._program.told.named.get(node, ())
        if any(self._is_named(name, each) for name in told):
            return True
        if full and told:
            return False  # a function or class that an import names, and the type checker knows
        if full or isinstance(node, ast.Name):
            stars = not full and any(_is_star(one) for one in all_nodes(self._names.tree))
            return stars or any(name and is_of_project(name, self._file) for name in full)
        return node not in self._program.told.methods and self._may_be_method(node, each)

    def _may_be_method(self, node: ast.Attribute, each: Converted) -> bool:
        """Whether an attribute of some object may be what was converted."""
        kind = self._names.kind(node.value)
        if isinstance(kind, ast.ClassDef):
            lineage = self._names.lineage(kind)
            return any(self._is_open(base) for one in lineage for base in self._names.bases(one))
        if isinstance(kind, str):
            return is_of_project(kind, self._file)
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            root = root.value
        return "." in each.name or (isinstance(root, ast.Name) and any(self._full(root)))

    def _is_open(self, base: str | ast.ClassDef | None) -> bool:
        """Whether objects of a class may be of one that was converted."""
        if isinstance(base, ast.ClassDef):
            return False
        return base is None or base.endswith(".Protocol") or is_of_project(base, self._file)

    def _defined(self, node: ast.AST, name: str) -> None:
        """A class may define a method anew that is async elsewhere; a stub tells its type."""
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
                if base := foreign_base(self._program, node):
                    self._doubt(node, f"{name} may override {each.name} by way of {base}")
            elif owner.bases:
                self._doubt(node, f"{name} may override {each.name}")

    def _text(self, node: ast.Constant, text: str) -> None:
        last = text.replace(":", ".").rpartition(".")[2]
        is_given = isinstance(self._names.parents.get(node), ast.Call | ast.keyword)
        if last in self._known and is_given and _PATH.fullmatch(text):
            self._doubt(node, f"{last} may be looked up by its name, and not awaited")
        for line in text.splitlines() if _PROMPTS[0] in text else ():
            if line.lstrip().startswith(_PROMPTS):
                for name in sorted(self._known.keys() & {*_WORD.findall(line)}):
                    self._doubt(node, f"an example (>>>) may use {name}, and does not await it")

    def _doubt(self, node: ast.AST, why: str) -> None:
        self.doubts.append((node, why))


def _is_star(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
