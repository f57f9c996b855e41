"""A parsed text for the rewrites and the gate, with its broken statements blanked."""

from __future__ import annotations

import ast
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.error_recovery import mask, parse
from python_expert.analysis.nodes import walked
from python_expert.analysis.pieces import Pieces, split
from python_expert.text.columns import Encoding, units_to_column
from python_expert.text.document import Edit, Position, Range, splice, split_lines

if TYPE_CHECKING:
    import tokenize
    from collections.abc import Iterable, Iterator


DefinitionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
"""Nodes that define a name and have a body."""

_BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")
"""The fields of a tree's nodes that hold statements, in the order of the text."""

_WORD = re.compile(r"[^\W\d]\w*")


class Definition(NamedTuple):
    """A function or class of a text.

    Attributes:
        key: The qualified name without ``<locals>``. The second definition of the same name has
            ``#2`` added, and so on, in the order of the text.
        node: The definition's tree.
        parents: The enclosing definitions, outermost first.
        range: The whole range, including decorators; 0-based lines, columns in code points.
    """

    key: str
    node: DefinitionNode
    parents: tuple[DefinitionNode, ...]
    range: Range

    @property
    def qualname(self) -> str:
        """The qualified name, which several definitions may share."""
        return self.key.partition("#")[0]

    @property
    def is_method(self) -> bool:
        """Whether it is a function directly in a class."""
        return (
            not isinstance(self.node, ast.ClassDef)
            and bool(self.parents)
            and isinstance(self.parents[-1], ast.ClassDef)
        )


@dataclass(frozen=True, eq=False)
class Source:
    """A parsed text, for rewriting and checking.

    Attributes:
        text: The text itself.
        code: The text, with each statement that does not parse blanked. The positions of all other
            code are unchanged.
        masked: The 0-based numbers of the blanked lines, ascending.
    """

    text: str
    code: str
    masked: tuple[int, ...] = ()

    @classmethod
    def of(cls, text: str) -> Source:
        """Parse a text.

        Raises:
            BrokenError: Too little of the text parses to be understood.
        """
        code, masked, tree = mask(text)
        source = cls(text, code, tuple(masked))
        source.__dict__["tree"] = tree  # parsing it again would double the time
        return source

    def with_edits(self, edits: Iterable[Edit]) -> Source:
        """Return the source after edits that leave the blanked lines alone.

        Args:
            edits: Disjoint edits, all of them in the coordinates of this source.

        Raises:
            BrokenError: The result does not parse.
            ValueError: An edit touches a blanked line.
        """
        edits = sorted(edits, reverse=True)
        if any(
            edit.range.start.line <= line <= edit.range.end.line
            for line in self.masked
            for edit in edits
            if edit.range.end != Position(line, 0)
        ):
            raise ValueError("an edit touches what does not parse")
        code = apply_edits(self.code, edits)
        moved = tuple(
            line + sum(_lines_added(edit) for edit in edits if edit.range.end <= (line, 0))
            for line in self.masked
        )
        after = Source(apply_edits(self.text, edits), code, moved)
        _ = after.tree  # raises BrokenError if the result does not parse
        return after

    @property
    def masked_lines(self) -> list[tuple[int, str]]:
        """The blanked lines with their original content, each with its 0-based number."""
        lines = split_lines(self.text) if self.masked else []
        return [(line, lines[line]) for line in self.masked]

    @cached_property
    def lines(self) -> list[str]:
        """The code's lines as LSP counts them, each with its line end; the last one has none."""
        return split_lines(self.code)

    @cached_property
    def tree(self) -> ast.Module:
        """The code's syntax tree."""
        return parse(self.code)

    @property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes of the code's tree."""
        return all_nodes(self.tree)

    @cached_property
    def tokens(self) -> tuple[tokenize.TokenInfo, ...]:
        """The code's tokens, comments included; 1-based lines, 0-based columns in code points."""
        return split(self.lines)

    @cached_property
    def pieces(self) -> Pieces:
        """The code in pieces that are tokenized separately."""
        return Pieces(self.lines, self.tree)

    def tokens_from(self, place: Position) -> Iterator[tokenize.TokenInfo]:
        """Yield the tokens from a place on; pieces are tokenized as they are needed."""
        return self.pieces.tokens_from((place.line + 1, place.column))

    def tokens_before(self, place: Position) -> Iterator[tokenize.TokenInfo]:
        """Yield the tokens before a place, the last one first, back to the start of its piece."""
        end = (place.line + 1, place.column)
        tokens = tuple(self.pieces.tokens(self.pieces.from_line(place.line)[:1]))
        return (token for token in reversed(tokens) if token.start < end)

    @cached_property
    def words(self) -> frozenset[str]:
        """All words in the text that could be names, blanked lines included."""
        return words(self.text)

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """All functions and classes, in the order of the text."""
        seen: dict[str, int] = {}
        found = []
        for node, parents in _walk(self.tree, ()):
            name = ".".join(each.name for each in (*parents, node))
            seen[name] = seen.get(name, 0) + 1
            key = name if seen[name] == 1 else f"{name}#{seen[name]}"
            found.append(Definition(key, node, parents, self.range(node)))
        return tuple(found)

    def definition(self, key: str) -> Definition | None:
        """Return the definition with a key."""
        return self._by_key.get(key)

    @cached_property
    def _by_key(self) -> dict[str, Definition]:
        return {each.key: each for each in self.definitions}

    @cached_property
    def newline(self) -> str:
        """The line end of the first line, or a line feed."""
        return self.lines[0][len(self.lines[0].rstrip("\r\n")) :] or "\n"

    def position(self, line: int, column: int) -> Position:
        """Return a position from the syntax tree's 1-based line and column in UTF-8 bytes."""
        text = self.lines[line - 1]
        return Position(line - 1, units_to_column(text, column, Encoding.UTF8))

    def range(self, node: ast.stmt | ast.expr | ast.arg | ast.keyword | ast.alias) -> Range:
        """Return the range of a node, with the decorators of a definition."""
        start = self.position(node.lineno, node.col_offset)
        for decorator in getattr(node, "decorator_list", ()):
            line = decorator.lineno - 1
            at = self.lines[line].rfind(
                "@", 0, self.position(line + 1, decorator.col_offset).column
            )
            if at < 0:  # the @ is on a line of its own, which only a backslash allows
                line, at = line - 1, self.lines[line - 1].find("@")
            start = min(start, Position(line, max(at, 0)))
        assert node.end_lineno is not None  # noqa: S101  # nosec B101 - set by the parser
        assert node.end_col_offset is not None  # noqa: S101  # nosec B101 - set by the parser
        return Range(start, self.position(node.end_lineno, node.end_col_offset))

    def slice(self, where: Range) -> str:
        """Return the code at a range."""
        (first, start), (last, end) = where
        if first == last:
            return self.lines[first][start:end]
        middle = self.lines[first + 1 : last]
        return "".join((self.lines[first][start:], *middle, self.lines[last][:end]))

    def is_masked(self, where: Range) -> bool:
        """Return whether a range touches blanked lines."""
        return any(where.start.line <= line <= where.end.line for line in self.masked)

    def selected(self, where: Range | None) -> tuple[Definition, ...]:
        """Return the definitions that a cursor or selection refers to.

        Args:
            where: The cursor (an empty range) or the selection; None for the whole buffer.

        Returns:
            All definitions for None. For a cursor, the innermost definition around it, and for a
            class also the definitions in it; on a decorator or header line, the one that starts
            there. For a selection, the definitions that start in it, otherwise the innermost
            around it.
        """
        if where is None:
            return self.definitions
        if where.start != where.end:
            inside = [
                each for each in self.definitions if where.start <= self._header(each) < where.end
            ]
            if inside:
                return tuple(inside)
        around = [
            each
            for each in self.definitions
            if each.range.start.line <= where.start.line and where.end.line <= each.range.end.line
        ]
        if not around:
            return ()
        inner = around[-1]
        if isinstance(inner.node, ast.ClassDef):
            return tuple(
                each for each in self.definitions if each is inner or inner.node in each.parents
            )
        return (inner,)

    def _header(self, definition: Definition) -> Position:
        return self.position(definition.node.lineno, definition.node.col_offset)


def all_nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Return all nodes of a tree, in the order of ``ast.walk``."""
    return walked(tree)[0]


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Apply edits that do not overlap; all positions refer to the original text."""
    lines = split_lines(text)
    for edit in sorted(edits, reverse=True):
        splice(lines, edit)
    return "".join(lines)


def words(text: str) -> frozenset[str]:
    """Return all words of a text that could be names.

    Python normalizes names to NFKC, so these forms are included.
    """
    normalized = unicodedata.normalize("NFKC", text)
    return frozenset(_WORD.findall(text)) | frozenset(_WORD.findall(normalized))


def _lines_added(edit: Edit) -> int:
    return len(split_lines(edit.text)) - 1 - (edit.range.end.line - edit.range.start.line)


def _walk(
    node: ast.AST, parents: tuple[DefinitionNode, ...]
) -> Iterator[tuple[DefinitionNode, tuple[DefinitionNode, ...]]]:
    for field in _BLOCKS:
        for child in getattr(node, field, ()):
            if isinstance(child, DefinitionNode):
                yield child, parents
                yield from _walk(child, (*parents, child))
            else:
                yield from _walk(child, parents)
