"""Writes imports into an existing statement if possible, else into the right block."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from python_expert.actions.add_type_hints.import_order import (
    Import,
    aliased,
    by_name,
    key_of,
    order,
    section_of,
)
from python_expert.actions.add_type_hints.rerendering import Needed
from python_expert.analysis.nodes import is_checking, is_string
from python_expert.text.document import Edit, Position, Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from python_expert.analysis.bindings import Bindings
    from python_expert.analysis.source import Source

_INDENT: Final = "    "
_BLOCK: Final = 9
"""The section of a new ``if TYPE_CHECKING:`` block: after all others."""
_IGNORED: Final = re.compile(r"\s*#\s*type:\s*ignore")


def import_edits(source: Source, names: Bindings, wanted: set[Needed], length: int) -> list[Edit]:
    """Build the edits that add the missing imports.

    Args:
        source: The text.
        names: The text's names.
        wanted: The imports. None of their names may be bound already.
        length: The columns that a line may fill.
    """
    top = _top(source.tree.body)
    block = _checking_block(source)
    plain = {each for each in wanted if not each.checking}
    checked = wanted - plain
    if checked and block is None and "TYPE_CHECKING" not in names.imported:
        plain.add(Needed("typing", "TYPE_CHECKING", "TYPE_CHECKING", checking=False))
    writer = _Writer(source, length)
    writer.add(top, plain, "")
    if checked and block is not None:
        inside = [node for node in block.body if isinstance(node, Import)]
        indent = source.lines[block.body[0].lineno - 1][: block.body[0].col_offset]
        writer.add(inside, checked, indent, after=block.body[-1])
    elif checked:
        writer.block(top, checked)
    return writer.edits()


def _top(body: Sequence[ast.stmt]) -> list[Import]:
    """Return the imports at the top of a text, before any other statement."""
    found = []
    for index, node in enumerate(body):
        if isinstance(node, Import):
            found.append(node)
        elif not (index == 0 and is_string(node)):
            break
    return found


def _checking_block(source: Source) -> ast.If | None:
    """Return the top-level ``if TYPE_CHECKING:`` whose block starts on its own line, or None."""
    for node in source.tree.body:
        if (
            isinstance(node, ast.If)
            and is_checking(node.test)
            and node.body[0].lineno > node.test.lineno
            and not source.lines[node.body[0].lineno - 1][: node.body[0].col_offset].strip()
        ):
            return node
    return None


def _is_of_file(comment: str, index: int) -> bool:
    """Return whether a comment line concerns the whole file: a shebang, encoding or mypy."""
    first = index < 2 and (comment.startswith("#!") or "coding" in comment)  # noqa: PLR2004 - PEP 263
    return first or _IGNORED.match(comment) is not None


class _Writer:
    """Collects the edits; new lines at the same place become one edit."""

    def __init__(self, source: Source, length: int) -> None:
        self._source = source
        self._length = length
        self._inserted: dict[int, list[tuple[tuple[int, int, str], str]]] = {}
        self._spaced_before: set[int] = set()
        self._spaced_after: set[int] = set()
        self._above: dict[int, int] = {}
        self._below: dict[int, int] = {}
        self._edits: list[Edit] = []

    def edits(self) -> list[Edit]:
        """Return all edits in ascending order."""
        for line, texts in self._inserted.items():
            newline = self._source.newline
            text, section = "", self._above.get(line)
            for (now, *_), each in sorted(texts):
                text += newline * (section not in {None, now} and now != _BLOCK) + each
                section = now
            text = newline * (line in self._spaced_before) + text
            text += newline * (
                line in self._spaced_after or self._below.get(line, section) != section
            )
            where = Position(line, 0)
            if line >= len(self._source.lines):  # the last line has no line end
                last = len(self._source.lines) - 1
                where = Position(last, len(self._source.lines[last]))
                text = newline + text.removesuffix(newline)
            self._edits.append(Edit(Range(where, where), text))
        return sorted(self._edits)

    def add(
        self,
        among: Sequence[Import],
        needed: Iterable[Needed],
        indent: str,
        after: ast.stmt | None = None,
    ) -> None:
        """Add names to the imports of a block.

        Args:
            among: The imports of the block.
            needed: The names to import.
            indent: The block's indentation.
            after: The last statement of the block; used if the block contains no imports.
        """
        modules: dict[str, list[Needed]] = {}
        for each in needed:
            if each.name:
                modules.setdefault(each.module, []).append(each)
            else:  # the module itself
                self._new_line(among, each.module, [each], indent, after)
        for module, names in modules.items():
            same = [node for node in among if self._extends(node, module)]
            if same:
                self._extend(same[-1], names)
            else:
                self._new_line(among, module, names, indent, after)

    def block(self, top: Sequence[Import], needed: Iterable[Needed]) -> None:
        """Write a new ``if TYPE_CHECKING:`` block with imports after the imports at the top."""
        newline = self._source.newline
        modules: dict[str, list[Needed]] = {}
        for each in needed:
            modules.setdefault(each.module, []).append(each)
        lines = []
        last = None
        for module in sorted(modules, key=lambda name: (section_of(name), name.lower())):
            if last is not None and section_of(module) != last:
                lines.append("")
            last = section_of(module)
            lines.append(self._line(module, modules[module], _INDENT))
        text = newline.join(["", "if TYPE_CHECKING:", *lines, ""])
        line = (top[-1].end_lineno or 0) if top else self._first_line()
        self._insert(line, (_BLOCK, 0, ""), text)

    def _line(self, module: str, names: Sequence[Needed], indent: str) -> str:
        """Return an import; on several lines if it is too long."""
        if not names[0].name:
            alias = names[0].alias
            return f"{indent}import {module}" + f" as {alias}" * (alias != module)
        named = [aliased(each) for each in sorted(names, key=by_name)]
        line = f"{indent}from {module} import {', '.join(named)}"
        return line if len(line) <= self._length else self._broken(line, named, indent)

    def _broken(self, line: str, named: Sequence[str], indent: str) -> str:
        """Return an import with one line for each name."""
        head = line[: line.index(" import ") + len(" import ")]
        return self._source.newline.join(
            [f"{head}(", *(f"{indent}{_INDENT}{each}," for each in named), f"{indent})"]
        )

    @staticmethod
    def _extends(node: Import, module: str) -> bool:
        return (
            isinstance(node, ast.ImportFrom)
            and "." * node.level + (node.module or "") == module
            and node.names[0].name != "*"
        )

    def _extend(self, node: Import, needed: Iterable[Needed]) -> None:
        """Insert names into an import, each before the first name that sorts after it."""
        first, last = self._source.range(node.names[0]), self._source.range(node.names[-1])
        start = self._source.range(node).start
        has_brackets = "(" in self._source.slice(Range(start, first.start))
        names_before: dict[int, list[str]] = {}
        for each in sorted(needed, key=by_name):
            place = len(node.names)
            for index, alias in enumerate(node.names):
                if order(alias.name) > by_name(each):
                    place = index
                    break
            names_before.setdefault(place, []).append(aliased(each))
        line = self._source.lines[start.line].rstrip("\r\n")
        more = sum(len(name) + 2 for names in names_before.values() for name in names)
        if (
            line.endswith(self._source.slice(Range(start, last.end)))
            and not has_brackets
            and (len(line) <= self._length < len(line) + more)
        ):
            old = [self._source.slice(self._source.range(each)) for each in node.names]
            named = [
                name
                for at, each in enumerate([*old, ""])
                for name in (*names_before.get(at, ()), each)
            ]
            text = self._broken(line, named[:-1], line[: start.column])
            self._edits.append(Edit(Range(Position(start.line, 0), last.end), text))
            return
        for place, names in names_before.items():
            if place < len(node.names):
                where = self._source.range(node.names[place]).start
                before = self._source.lines[where.line][: where.column]
                alone = has_brackets and not before.strip()
                behind = "," + (self._source.newline + before if alone else " ")
                self._edits.append(
                    Edit(Range(where, where), "".join(name + behind for name in names))
                )
            else:
                before = self._source.lines[last.start.line][: last.start.column]
                alone = has_brackets and not before.strip()
                ahead = "," + (self._source.newline + before if alone else " ")
                self._edits.append(
                    Edit(Range(last.end, last.end), "".join(ahead + name for name in names))
                )

    def _new_line(
        self,
        among: Sequence[Import],
        module: str,
        names: Sequence[Needed],
        indent: str,
        after: ast.stmt | None,
    ) -> None:
        key = (section_of(module), int(bool(names[0].name)), module.lower())
        text = self._line(module, names, indent) + self._source.newline
        smaller = [node for node in among if key_of(node) < key]
        larger = [node for node in among if key_of(node) > key and key_of(node)[0] == key[0]]
        spaced: set[int] = set()
        if smaller and (key_of(smaller[-1])[0] == key[0] or not larger):
            line = smaller[-1].end_lineno or smaller[-1].lineno
            self._above[line] = key_of(smaller[-1])[0]
        elif among:
            below = (larger or among)[0]
            line = below.lineno - 1
            self._below[line] = key_of(below)[0]
        elif after is not None:
            line = after.end_lineno or after.lineno
        else:
            line = self._first_line()
            body = self._source.tree.body
            documented = bool(body) and is_string(body[0])
            spaced = self._spaced_before if documented else self._spaced_after
        spaced.add(line)
        self._insert(line, key, text)

    def _insert(self, line: int, key: tuple[int, int, str], text: str) -> None:
        self._inserted.setdefault(line, []).append((key, text))

    def _first_line(self) -> int:
        """Return the line for a text's first import: after the docstring or opening comments."""
        body = self._source.tree.body
        if body and is_string(body[0]):
            return body[0].end_lineno or 0
        lines = self._source.lines
        count = 0
        while count < len(lines) and lines[count].lstrip().startswith("#"):
            count += 1
        if count < len(lines) and not lines[count].strip():
            return min(count + 1, len(lines)) if count else 0
        # A comment right above code belongs to the code, unless it is for the whole file.
        meant = (index for index in range(count) if _is_of_file(lines[index], index))
        return max(meant, default=-1) + 1
