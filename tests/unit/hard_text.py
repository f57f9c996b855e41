"""Texts that editors rarely send and servers often corrupt, and a reference for editing them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from python_expert.text.columns import Encoding
from python_expert.text.document import Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

URI = "file:///a.py"

# LSP's line ends differ from those of str.splitlines: form feeds and U+2028 do not end a line.
_ENDS = ["\r", "\n", "\r\n"]
_INSIDE = ["\f", "\x85", "\u2028", "é", "\U0001f600", "\ufeff", "\t", " ", "a"]

texts = st.lists(st.sampled_from(_ENDS) | st.sampled_from(_INSIDE), max_size=12).map("".join)
repetitive_texts = st.lists(st.sampled_from([*_ENDS, "a\n", "a"]), max_size=6).map("".join)
"""Texts that often share a prefix or a suffix."""

encodings = st.sampled_from(Encoding)

_places = st.fixed_dictionaries({"line": st.integers(0, 6), "character": st.integers(0, 6)})
_edits = st.fixed_dictionaries(
    {"range": st.fixed_dictionaries({"start": _places, "end": _places}), "text": texts}
)
changes = st.lists(_edits | st.fixed_dictionaries({"text": texts}), max_size=4)
"""LSP content changes; many of their positions lie outside the text."""

edits = st.lists(_edits, min_size=1, max_size=4)
"""Content changes that all have a range."""

_UNITS = {
    Encoding.UTF8: ("utf-8", 1),
    Encoding.UTF16: ("utf-16-le", 2),
    Encoding.UTF32: ("utf-32-le", 4),
}


def offset_of(text: str, place: Mapping[str, int], encoding: Encoding) -> int:
    """Return the offset of an LSP position: the longest prefix of the line that fits its units."""
    lines = re.split(r"(\r\n|\r|\n)", text)
    if 2 * place["line"] >= len(lines):
        return len(text)
    start = len("".join(lines[: 2 * place["line"]]))
    codec, unit = _UNITS[encoding]
    fits = 0
    for length in range(len(lines[2 * place["line"]]) + 1):
        units = len(text[start : start + length].encode(codec)) // unit
        if units <= place["character"]:
            fits = length
    return start + fits


def offset(text: str, position: Position) -> int:
    """Return the offset of one of our positions."""
    where = {"line": position.line, "character": position.column}
    return offset_of(text, where, Encoding.UTF32)


def apply(text: str, content_changes: Iterable[Mapping[str, Any]], encoding: Encoding) -> str:
    """Apply LSP content changes by offsets into the whole text."""
    for change in content_changes:
        if "range" not in change:
            text = change["text"]
            continue
        ends = (change["range"]["start"], change["range"]["end"])
        start, end = sorted(offset_of(text, place, encoding) for place in ends)
        text = text[:start] + change["text"] + text[end:]
    return text


def positions(text: str) -> list[Position]:
    r"""Return all positions of a text in order; none is between the halves of a ``\r\n``."""
    lines = re.split(r"\r\n|\r|\n", text)
    return [
        Position(line, column)
        for line, content in enumerate(lines)
        for column in range(len(content) + 1)
    ]
