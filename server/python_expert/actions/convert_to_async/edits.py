"""Collects small edits of a source; edits may be nested."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from python_expert.actions.convert_to_async.objects import RefusedError
from python_expert.text.document import Edit, Position, Range

if TYPE_CHECKING:
    import ast
    import tokenize

    from python_expert.analysis.source import Source


class _Wrap(NamedTuple):
    where: Range
    prefix: str
    suffix: str


class Editor:
    """The edits of one source.

    Attributes:
        source: The text.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._wraps: list[_Wrap] = []
        self._replaced: dict[Range, str] = {}
        self._lines: dict[Position, str] = {}
        self._names: set[str] = set()

    def wrap(self, where: Range, prefix: str, suffix: str = "") -> None:
        """Put text around a range; if two ranges start together, the longer range is outside."""
        self._wraps.append(_Wrap(where, prefix, suffix))

    def insert(self, where: Position, text: str) -> None:
        """Insert text at a place, after earlier inserts."""
        self._lines[where] = self._lines.get(where, "") + text

    def insert_first(self, where: Position, text: str) -> None:
        """Insert text at a place, before all text from `insert`."""
        self._lines[where] = text + self._lines.get(where, "")

    def is_free(self, name: str) -> bool:
        """Return whether neither the text nor an edit uses a name."""
        return name not in self.source.words and name not in self._names

    def take(self, name: str) -> str:
        """Reserve an unused name, which is the given name if possible."""
        while not self.is_free(name):
            name += "_"
        self._names.add(name)
        return name

    def replace(self, where: Range, text: str) -> None:
        """Replace a range by text.

        Raises:
            RefusedError: A comment would be lost.
        """
        if "#" in self.source.slice(where):
            raise RefusedError(f"line {where.start.line + 1}: there is a comment inside the call")
        self._replaced[where] = text

    def delete(self, where: Range) -> None:
        """Delete a range, with its comments."""
        self._replaced[where] = ""

    def token(self, text: str, start: Position) -> Range:
        """Find the first token with a text at or after a place.

        Raises:
            RefusedError: There is no such token.
        """
        for token in self.source.tokens_from(start):
            if token.string == text:
                return _range(token)
        raise RefusedError(f"line {start.line + 1}: this cannot be edited safely")

    def token_before(self, text: str, end: Position) -> Range:
        """Find the last token with a text before a place.

        Raises:
            RefusedError: There is no such token.
        """
        for token in self.source.tokens_before(end):
            if token.string == text:
                return _range(token)
        raise RefusedError(f"line {end.line + 1}: this cannot be edited safely")

    def unwrap_call(self, call: ast.Call) -> None:
        """Change ``f(x)`` to ``f, x)``, and ``f()`` to ``f)``."""
        func, end = self.source.range(call.func).end, self.source.range(call).end
        bracket = self.token("(", func)
        if not call.args and not call.keywords:
            self.delete(bracket)
            return
        rest = self.source.lines[bracket.end.line][bracket.end.column :]
        space = "" if not rest.strip() or rest.lstrip().startswith("#") else " "
        if not bracket.start < end:
            raise RefusedError(f"line {call.lineno}: this call cannot be edited safely")
        self._replaced[bracket] = "," + space

    def edits(self) -> tuple[Edit, ...]:
        """Return all edits, disjoint and in order."""
        inserted: dict[Position, list[str]] = {}
        for wrap in sorted(self._wraps, key=lambda each: each.where.start, reverse=True):
            if wrap.suffix:
                inserted.setdefault(wrap.where.end, []).append(wrap.suffix)
        for at, text in self._lines.items():
            inserted.setdefault(at, []).append(text)
        for wrap in sorted(self._wraps, key=lambda each: each.where.end, reverse=True):
            if wrap.prefix:
                inserted.setdefault(wrap.where.start, []).append(wrap.prefix)
        found = [Edit(Range(at, at), "".join(texts)) for at, texts in inserted.items()]
        found += [Edit(where, text) for where, text in self._replaced.items()]
        return tuple(sorted(found))


def _range(token: tokenize.TokenInfo) -> Range:
    (start, column), (end, until) = token.start, token.end
    return Range(Position(start - 1, column), Position(end - 1, until))
