r"""Immutable documents, and the edits that lead from one version to the next.

Inside Python Expert a position is a 0-based line and a 0-based column counted in code
points; `columns` converts other units. Lines end at ``\r\n``, ``\n`` or ``\r`` and nowhere
else, as LSP says; form feeds and Unicode's line separators are ordinary characters.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.text.changed_part import changed_part
from python_expert.text.columns import column_to_units, units_to_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from python_expert.text.columns import Encoding

JOURNAL_LENGTH = 64
"""The number of steps that a document keeps; older findings are dropped rather than rebased."""

MOST_EDITS = 100
"""The number of edits of one change that are kept separately; more are merged into one."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class Position(NamedTuple):
    """A place between two characters: 0-based line, 0-based column in code points."""

    line: int
    column: int


class Range(NamedTuple):
    """The text from ``start`` up to, not including, ``end``."""

    start: Position
    end: Position


class Edit(NamedTuple):
    """A replacement of the text at ``range`` by ``text``."""

    range: Range
    text: str


class Step(NamedTuple):
    """The change from one version of a document to the next.

    Attributes:
        before: The version the edits apply to.
        edits: The edits, each relative to the result of the one before it.
        changes: The same edits as LSP content changes in the client's encoding, with every
            position inside the document.
    """

    before: int
    edits: tuple[Edit, ...]
    changes: tuple[dict[str, Any], ...]


def split_lines(text: str) -> list[str]:
    """Split a text into LSP lines, each with its line end; the last line has no line end."""
    if "\r" not in text:
        *lines, last = text.split("\n")
        return [*(line + "\n" for line in lines), last]
    lines = _LINE.findall(text)
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return lines


def line_length(line: str) -> int:
    """Return the length of a line without its end, in code points."""
    return len(line.rstrip("\r\n"))


class _View:
    """Positions in lines that may still change.

    Attributes:
        lines: LSP lines with their ends; never empty.
    """

    lines: Sequence[str]

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines

    def position(self, wire: Mapping[str, int], encoding: Encoding) -> Position:
        """Convert an LSP position; one outside the document is moved to the nearest place."""
        line = wire["line"]
        if line < 0:
            return Position(0, 0)
        if line >= len(self.lines):
            return self.end
        return Position(line, units_to_column(self.lines[line], wire["character"], encoding))

    def range(self, wire: Mapping[str, Any], encoding: Encoding) -> Range:
        """Convert an LSP range; start and end are swapped if they are in the wrong order."""
        start = self.position(wire["start"], encoding)
        end = self.position(wire["end"], encoding)
        return Range(start, end) if start <= end else Range(end, start)

    def wire_position(self, position: Position, encoding: Encoding) -> dict[str, int]:
        """Convert a position to an LSP position."""
        line, column = position
        if line >= len(self.lines):
            line, column = self.end
        return {"line": line, "character": column_to_units(self.lines[line], column, encoding)}

    def wire_range(self, where: Range, encoding: Encoding) -> dict[str, Any]:
        """Convert a range to an LSP range."""
        return {
            "start": self.wire_position(where.start, encoding),
            "end": self.wire_position(where.end, encoding),
        }

    @property
    def end(self) -> Position:
        """The end of the document."""
        return Position(len(self.lines) - 1, line_length(self.lines[-1]))


@dataclass(frozen=True, eq=False)
class Document(_View):
    """One version of one document.

    Attributes:
        uri: The document's URI, written as the client spells it.
        version: The client's version number.
        lines: LSP lines with their ends; never empty.
        journal: The latest steps before this version, oldest first.
        opening: The number of its opening, counted over all documents: a document that was opened
            again may have another text with an earlier version number.
    """

    uri: str
    version: int
    lines: tuple[str, ...]
    journal: tuple[Step, ...] = field(default=(), repr=False)
    opening: int = field(default_factory=itertools.count().__next__, repr=False)

    @classmethod
    def of(cls, uri: str, version: int, text: str) -> Document:
        """Create the first version of a document."""
        return cls(uri, version, tuple(split_lines(text)))

    def with_text(self, text: str) -> Document:
        """Return the same version with another text, such as a candidate."""
        return replace(self, lines=tuple(split_lines(text)), journal=())

    @cached_property
    def text(self) -> str:
        """The whole document."""
        return "".join(self.lines)

    @cached_property
    def is_ascii(self) -> bool:
        """Whether columns are the same in all encodings."""
        return self.text.isascii()

    def edits_since(self, version: int) -> tuple[Edit, ...] | None:
        """Return the edits from an older version to this one, in order; None if no longer kept."""
        steps = self.steps_since(version)
        return None if steps is None else tuple(edit for step in steps for edit in step.edits)

    def is_older(self, other: Document) -> bool:
        """Return whether another version of the same document came later."""
        return (self.opening, self.version) < (other.opening, other.version)

    def edits_from(self, old: Document) -> tuple[Edit, ...] | None:
        """Return the edits from an older version; None if no longer kept, or closed in between."""
        return self.edits_since(old.version) if old.opening == self.opening else None

    def steps_since(self, version: int) -> tuple[Step, ...] | None:
        """Return the steps from an older version to this one; None if no longer kept."""
        if version == self.version:
            return ()
        for index in range(len(self.journal) - 1, -1, -1):
            if self.journal[index].before == version:
                return self.journal[index:]
        return None

    def inner_range(self, wire: Mapping[str, Any], encoding: Encoding) -> Range:
        """Convert an LSP range that refers to this very text, so it is inside the document."""
        if not self.is_ascii:
            return self.range(wire, encoding)
        start, end = wire["start"], wire["end"]
        return Range(
            Position(start["line"], start["character"]), Position(end["line"], end["character"])
        )

    def wire_range(self, where: Range, encoding: Encoding) -> dict[str, Any]:
        """Convert a range to an LSP range."""
        if self.is_ascii:
            (line, column), (last, end) = where
            return {
                "start": {"line": line, "character": column},
                "end": {"line": last, "character": end},
            }
        return super().wire_range(where, encoding)

    def slice(self, where: Range) -> str:
        """Return the text at a range."""
        (first, start), (last, end) = where
        if first == last:
            return self.lines[first][start:end]
        middle = self.lines[first + 1 : last]
        return "".join((self.lines[first][start:], *middle, self.lines[last][:end]))

    def change(
        self, version: int, changes: Iterable[Mapping[str, Any]], encoding: Encoding
    ) -> Document:
        """Apply LSP content changes, in order.

        Args:
            version: The client's version number after the changes.
            changes: LSP's ``TextDocumentContentChangeEvent`` objects.
            encoding: The unit of the changes' columns.
        """
        lines = list(self.lines)
        view = _View(lines)
        edits: list[Edit] = []
        wire: list[dict[str, Any]] = []
        for change in changes:
            if change.get("range"):
                where = view.range(change["range"], encoding)
                edit = _widened(lines, Edit(where, change["text"]))
            else:
                edit = smallest_edit(lines, split_lines(change["text"]))
            edits.append(edit)
            wire.append({"range": view.wire_range(edit.range, encoding), "text": edit.text})
            splice(lines, edit)
        if len(edits) > MOST_EDITS:
            edits = [smallest_edit(self.lines, lines)]
            wire = [{"range": self.wire_range(edits[0].range, encoding), "text": edits[0].text}]
        step = Step(self.version, tuple(edits), tuple(wire))
        if version <= self.version:  # a repeated version would make the journal ambiguous
            return Document(self.uri, version, tuple(lines))
        journal = (*self.journal[1 - JOURNAL_LENGTH :], step)
        return Document(self.uri, version, tuple(lines), journal, self.opening)


def _widened(lines: Sequence[str], edit: Edit) -> Edit:
    r"""Widen an edit that joins a ``\r`` and a ``\n`` to one line end, so that it replaces both.

    This way every edit leaves the lines before and after its range unchanged.
    """
    (start, end), text = edit
    rest = lines[end.line][end.column :]
    before = lines[start.line - 1] if start.line and not start.column else ""
    if before.endswith("\r") and (text or rest).startswith("\n"):
        start, text = Position(start.line - 1, line_length(before)), "\r" + text
    if rest == "\n" and text.endswith("\r"):
        end, text = Position(end.line + 1, 0), text + rest
    return Edit(Range(start, end), text)


def splice(lines: list[str], edit: Edit) -> None:
    """Apply one edit to LSP lines in place; only the lines that it touches are split again."""
    (first, start), (last, end) = edit.range
    middle = split_lines(lines[first][:start] + edit.text + lines[last][end:])
    if last + 1 < len(lines) and middle[-1] == "":
        middle.pop()
    lines[first : last + 1] = middle


def smallest_edit(old: Sequence[str], new: Sequence[str]) -> Edit:
    """Return the edit between two texts that keeps their common first and last characters.

    Args:
        old: LSP lines of the text before.
        new: LSP lines of the text after.
    """
    start, end, text = changed_part(old, new)
    return Edit(Range(Position(*start), Position(*end)), text)
