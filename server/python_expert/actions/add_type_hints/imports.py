"""Writing imports: into an existing statement where there is one, else into the right block."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING, Final

from python_expert.actions.add_type_hints.rerendering import Needed
from python_expert.analysis.nodes import is_checking, is_string
from python_expert.text.document import Edit, Position, Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from python_expert.analysis.bindings import Bindings
    from python_expert.analysis.source import Source

_INDENT: Final = "    "
_IGNORED: Final = re.compile(r"\s*#\s*type:\s*ignore")
Import = ast.Import | ast.ImportFrom


def import_edits(source: Source, names: Bindings, needed: Iterable[Needed]) -> list[Edit]:
    """The edits that import what is needed.

    Args:
        source: The text.
        names: Its names.
        needed: What to import; names that are bound already are not among them.
    """
    wanted = set(needed)
    top = _top(source.tree.body)
    block = _checking_block(source)
    plain = {each for each in wanted if not each.checking}
    checked = wanted - plain
    if checked and block is None and "TYPE_CHECKING" not in names.imported:
        plain.add(Needed("typing", "TYPE_CHECKING", "TYPE_CHECKING", checking=False))
    writer = _Writer(source)
    writer.add(top, plain, "")
    if checked and block is not None:
        inside = [node for node in block.body if isinstance(node, Import)]
        indent = source.lines[block.body[0].lineno - 1][: block.body[0].col_offset]
        writer.add(inside, checked, indent, after=block.body[-1])
    elif checked:
        writer.block(top, checked)
    return writer.edits()


def _top(body: Sequence[ast.stmt]) -> list[Import]:
    """The imports at the top of a text: those before any other statement."""
    found = []
    for index, node in enumerate(body):
        if isinstance(node, Import):
            found.append(node)
        elif not (index == 0 and is_string(node)):
            break
    return found


def _checking_block(source: Source) -> ast.If | None:
    """The ``if TYPE_CHECKING:`` at the top level whose block can take another line."""
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
    """Whether the comment on a line says something to systems, to Python, or to mypy."""
    first = index < 2 and (comment.startswith("#!") or "coding" in comment)  # noqa: PLR2004 - PEP 263
    return first or _IGNORED.match(comment) is not None


def _section(module: str) -> int:
    """Where a module's import is sorted: __future__, standard library, others, relative."""
    if module == "__future__":
        return 0
    if module.startswith("."):
        return 3
    return 1 if module.partition(".")[0] in sys.stdlib_module_names else 2


def _key(node: Import) -> tuple[int, int, str]:
    if isinstance(node, ast.Import):
        return _section(node.names[0].name), 0, node.names[0].name.lower()
    module = "." * node.level + (node.module or "")
    return _section(module), 1, module.lower()


def _order(name: str) -> tuple[int, str]:
    """Where a name is sorted within an import: constants, classes, then the rest."""
    if name.isupper() and len(name) > 1:
        return 0, name
    return (1 if name[:1].isupper() else 2), name.lower()


def _alias(each: Needed) -> str:
    return each.name if each.alias == each.name else f"{each.name} as {each.alias}"


def _line(module: str, each: Iterable[Needed]) -> str:
    return f"from {module} import {', '.join(map(_alias, sorted(each, key=_by_name)))}"


def _by_name(each: Needed) -> tuple[int, str]:
    return _order(each.name)


class _Writer:
    """Collects the edits; new lines at the same place become one of them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._inserted: dict[int, list[tuple[tuple[int, int, str], str]]] = {}
        self._spaced_before: set[int] = set()
        self._spaced_after: set[int] = set()
        self._edits: list[Edit] = []

    def edits(self) -> list[Edit]:
        """All edits, ascending."""
        for line, texts in self._inserted.items():
            newline = self._source.newline
            text = "".join(text for _, text in sorted(texts))
            text = newline * (line in self._spaced_before) + text
            text += newline * (line in self._spaced_after)
            where = Position(line, 0)
            if line >= len(self._source.lines):  # the last line has no end
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
        """Import names among other imports.

        Args:
            among: The imports of the block.
            needed: What to import.
            indent: The block's indentation.
            after: The last statement of the block, where there are no imports in it.
        """
        modules: dict[str, list[Needed]] = {}
        for each in needed:
            modules.setdefault(each.module, []).append(each)
        for module, names in modules.items():
            same = [node for node in among if self._extends(node, module)]
            if same:
                self._extend(same[-1], names)
            else:
                self._new_line(among, module, names, indent, after)

    def block(self, top: Sequence[Import], needed: Iterable[Needed]) -> None:
        """Write a new ``if TYPE_CHECKING:`` with imports after those at the top."""
        newline = self._source.newline
        modules: dict[str, list[Needed]] = {}
        for each in needed:
            modules.setdefault(each.module, []).append(each)
        lines = []
        last = None
        for module in sorted(modules, key=lambda name: (_section(name), name.lower())):
            if last is not None and _section(module) != last:
                lines.append("")
            last = _section(module)
            lines.append(_INDENT + _line(module, modules[module]))
        text = newline.join(["", "if TYPE_CHECKING:", *lines, ""])
        line = (top[-1].end_lineno or 0) if top else self._first_line()
        self._insert(line, (9, 0, ""), text)

    @staticmethod
    def _extends(node: Import, module: str) -> bool:
        return (
            isinstance(node, ast.ImportFrom)
            and "." * node.level + (node.module or "") == module
            and node.names[0].name != "*"
        )

    def _extend(self, node: Import, needed: Iterable[Needed]) -> None:
        """Insert names into an import, each before the first that is sorted after it."""
        befores: dict[int, list[str]] = {}
        for each in sorted(needed, key=_by_name):
            place = len(node.names)
            for index, alias in enumerate(node.names):
                if _order(alias.name) > _by_name(each):
                    place = index
                    break
            befores.setdefault(place, []).append(_alias(each))
        for place, names in befores.items():
            if place < len(node.names):
                where = self._source.range(node.names[place]).start
                before = self._source.lines[where.line][: where.column]
                alone = place and not before.strip()
                behind = "," + (self._source.newline + before if alone else " ")
                self._edits.append(
                    Edit(Range(where, where), "".join(name + behind for name in names))
                )
            else:
                last = self._source.range(node.names[-1])
                before = self._source.lines[last.start.line][: last.start.column]
                alone = len(node.names) > 1 and not before.strip()
                ahead = "," + (self._source.newline + before if alone else " ")
                self._edits.append(
                    Edit(Range(last.end, last.end), "".join(ahead + name for name in names))
                )

    def _new_line(
        self,
        among: Sequence[Import],
        module: str,
        names: Iterable[Needed],
        indent: str,
        after: ast.stmt | None,
    ) -> None:
        key = (_section(module), 1, module.lower())
        text = indent + _line(module, names) + self._source.newline
        smaller = [node for node in among if _key(node) < key]
        if smaller:
            line = smaller[-1].end_lineno or smaller[-1].lineno
            spaced = self._spaced_before if _key(smaller[-1])[0] != key[0] else set()
        elif among:
            line = among[0].lineno - 1
            spaced = self._spaced_after if _key(among[0])[0] != key[0] else set()
        elif after is not None:
            line, spaced = after.end_lineno or after.lineno, set()
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
        """The line for the first import of a text: after its docstring or opening comments."""
        body = self._source.tree.body
        if body and is_string(body[0]):
            return body[0].end_lineno or 0
        lines = self._source.lines
        count = 0
        while count < len(lines) and lines[count].lstrip().startswith("#"):
            count += 1
        if count < len(lines) and not lines[count].strip():
            return min(count + 1, len(lines)) if count else 0
        # A comment right above code belongs to it, unless it is meant for the whole file.
        meant = (index for index in range(count) if _is_of_file(lines[index], index))
        return max(meant, default=-1) + 1
