"""Adds, renames and removes imports for a conversion."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.objects import RefusedError
from python_expert.actions.convert_to_async.replacements import ASYNC_NAMES, PRAGMA, REMOVABLE
from python_expert.analysis.source import all_nodes
from python_expert.analysis.text_uses import in_examples, is_docstring
from python_expert.text.document import Position, Range

if TYPE_CHECKING:
    from python_expert.actions.convert_to_async.edits import Editor
    from python_expert.analysis.names import Names


class Imports:
    """The changes of a text's imports.

    Attributes:
        names: The text's names.
        editor: Collects the edits.
    """

    def __init__(self, names: Names, editor: Editor) -> None:
        self.names = names
        self.editor = editor
        self._needed: set[str] = set()
        self._dropped: set[ast.Name] = set()
        self._renamed: dict[ast.Import | ast.ImportFrom, set[str]] = {}

    def name_for(self, full: str) -> str:
        """Return an expression for a module's attribute, and import the module if necessary.

        Raises:
            RefusedError: The module's name refers to something else here.
        """
        module, _, name = full.rpartition(".")
        bound = self.names.module.bound
        for local, nodes in bound.items():
            if all(self._imports(node, module, local) for node in nodes):
                self._check_free(local, nodes)
                return f"{local}.{name}"
        self._check_free(module, [])
        self._needed.add(module)
        return f"{module}.{name}"

    def _imports(self, node: ast.AST, module: str, local: str) -> bool:
        """Return whether a node is a top-level import that binds a module to a name."""
        return (
            isinstance(node, ast.Import)
            and node in self.names.tree.body
            and any(
                each.name == module and (each.asname or each.name) == local for each in node.names
            )
        )

    def drop(self, node: ast.expr) -> None:
        """Note that a dotted name is no longer used here."""
        self._dropped |= {each for each in ast.walk(node) if isinstance(each, ast.Name)}

    def rename(self, node: ast.expr) -> None:
        """Replace a name by its asynchronous form, such as ``AsyncIterator``."""
        full = self.names.dotted(node) or ""
        new = ASYNC_NAMES.get(full)
        if new is None:
            return
        short, where = new.rpartition(".")[2], self.editor.source.range(node)
        if isinstance(node, ast.Attribute):
            last = Position(where.end.line, where.end.column - len(node.attr))
            self.editor.replace(Range(last, where.end), short)
        elif isinstance(node, ast.Name):
            [origin] = self.names.bindings(node)[:1]
            assert isinstance(origin, ast.ImportFrom)  # noqa: S101  # nosec B101 - a name with a module
            known = self.names.module.bound.get(short, [])
            if not known:
                self._check_free(short, [])
                self._renamed.setdefault(origin, set()).add(short)
            self.editor.replace(where, short)
            self.drop(node)

    def write(self) -> None:
        """Make the edits."""
        unused = self._unused()
        for node in {**self._renamed, **unused}:
            self._rewrite(node, self._renamed.get(node, set()), unused.get(node, set()))
        for module in sorted(self._needed):
            self._add(module)

    def _check_free(self, name: str, known: list[ast.AST]) -> None:
        for scope in {*self.names.scopes.values()}:
            if any(each not in known for each in scope.bound.get(name, [])):
                raise RefusedError(f"the name {name} means something else in this text")

    def _unused(self) -> dict[ast.Import | ast.ImportFrom, set[str]]:
        """Return the names of each import that only removed code has used."""
        names = {each.id for each in self._dropped}
        kept = {
            node.id
            for node in all_nodes(self.names.tree)
            if isinstance(node, ast.Name) and node not in self._dropped
        }
        strings = [
            node
            for node in all_nodes(self.names.tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        parents = self.names.parents
        texts = [str(each.value) for each in strings if not is_docstring(each, parents)]
        for each in strings:
            if is_docstring(each, parents):
                kept |= in_examples(str(each.value))
        source = self.editor.source
        texts += [text for _, text in source.masked_lines]
        for text in texts:
            kept |= {name for name in names - kept if re.search(rf"\b{name}\b", text)}
        found: dict[ast.Import | ast.ImportFrom, set[str]] = {}
        for name in names - kept:
            for node in self.names.module.bound.get(name, []):
                if isinstance(node, ast.Import | ast.ImportFrom) and self._is_removable(node, name):
                    found.setdefault(node, set()).add(name)
        return found

    @staticmethod
    def _is_removable(node: ast.Import | ast.ImportFrom, name: str) -> bool:
        if any(each.asname == each.name == name for each in node.names):
            return False  # re-exported for other files
        if isinstance(node, ast.ImportFrom):
            return node.module in REMOVABLE
        return any((a.asname or a.name) == name and a.name in REMOVABLE for a in node.names)

    def _rewrite(self, node: ast.Import | ast.ImportFrom, add: set[str], remove: set[str]) -> None:
        source, where = self.editor.source, self.editor.source.range(node)
        kept = [each for each in node.names if (each.asname or each.name) not in remove]
        text, first = source.slice(where), source.range(node.names[0])
        last = source.range(node.names[-1])
        if "#" in text:
            self.editor.wrap(first, "".join(f"{name}, " for name in sorted(add)))
            return
        if not kept and not add:
            line = source.lines[where.start.line]
            rest = source.lines[where.end.line][where.end.column :].strip()
            alone = not line[: where.start.column].strip() and (not rest or PRAGMA.match(rest))
            block = self.names.parents[node]
            if alone and isinstance(block, ast.Module):
                end = Position(where.end.line + 1, 0)
                self.editor.delete(Range(Position(where.start.line, 0), end))
            return
        texts = [source.slice(source.range(each)) for each in kept]
        before = [source.slice(source.range(each)) for each in node.names]
        texts += sorted(add)
        if before == sorted(before, key=_rank):
            texts.sort(key=_rank)
        if first.start.line == last.start.line:
            self.editor.replace(Range(first.start, last.end), ", ".join(texts))
        else:
            indent = source.lines[first.start.line][: first.start.column]
            indent = indent if not indent.strip() else " " * len(indent)
            self.editor.replace(
                Range(first.start, last.end), f",{source.newline}{indent}".join(texts)
            )

    def _add(self, module: str) -> None:
        """Add a plain import where import sorters would put it."""
        source, text = self.editor.source, f"import {module}"
        newline = source.newline
        rank = _section(module)
        top = self._top()
        later = [each for each in top if _order(each) > (rank, 0, module)]
        earlier = [each for each in top if _order(each) < (rank, 0, module)]
        if later:
            where = Position(source.range(later[0]).start.line, 0)
            gap = newline if _order(later[0])[0] != rank else ""
            self.editor.insert(where, text + newline + gap)
            return
        gap = newline if not earlier or _order(earlier[-1])[0] != rank else ""
        anchor = earlier[-1] if earlier else self._docstring()
        if anchor is None:
            start = self._first_code_line()
            self.editor.insert(start, text + newline + newline)
            return
        line = source.range(anchor).end.line
        if line + 1 >= len(source.lines):
            end = Position(line, len(source.lines[line]))
            self.editor.insert(end, newline + gap + text)
        else:
            start = Position(line + 1, 0)
            follows = source.lines[line + 1].strip() if not earlier else ""
            self.editor.insert(start, gap + text + newline + (newline if follows else ""))

    def _top(self) -> list[ast.Import | ast.ImportFrom]:
        """Return the imports at the top of the text."""
        found: list[ast.Import | ast.ImportFrom] = []
        for node in self.names.tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                found.append(node)
            elif node is not self._docstring():
                break
        return found

    def _docstring(self) -> ast.stmt | None:
        first = self.names.tree.body[0]
        text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        return first if text and isinstance(first.value.value, str) else None  # type: ignore[attr-defined]  # checked by `text`

    def _first_code_line(self) -> Position:
        node = self.names.tree.body[0]
        return Position(self.editor.source.range(node).start.line, 0)


def _rank(name: str) -> tuple[int, str]:
    """Return the sort order of names in an import: constants, classes, the rest."""
    plain = name.split(maxsplit=1)[0]
    return (0 if plain.isupper() and len(plain) > 1 else 1 if plain[:1].isupper() else 2, plain)


def _section(module: str) -> int:
    """Return the section of a module: 0 ``__future__``, 1 standard library, 2 others."""
    if module == "__future__":
        return 0
    return 1 if module.split(".", maxsplit=1)[0] in sys.stdlib_module_names else 2


def _order(node: ast.Import | ast.ImportFrom) -> tuple[int, int, str]:
    """Return the sort order of an import: its section, plain imports first, its module."""
    if isinstance(node, ast.ImportFrom):
        return (3 if node.level else _section(node.module or ""), 1, node.module or "")
    return (_section(node.names[0].name), 0, node.names[0].name)
