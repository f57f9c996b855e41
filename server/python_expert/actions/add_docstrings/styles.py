"""Detects the style of a text's docstrings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.signatures import docstring_node
from python_expert.analysis.source import Source
from python_expert.config.settings import Style
from python_expert.text.decoding import readable

if TYPE_CHECKING:
    from collections.abc import Iterator

NEIGHBOURS = 10
"""The number of files beside a text that are read to find the project's style."""

LONGEST_NEIGHBOUR = 100_000
"""The largest size of a file that is read, in bytes."""

MARKS = {
    Style.GOOGLE: re.compile(
        r"^[ \t]*(Args|Returns|Yields|Raises|Exceptions|Attributes):[ \t]*$", re.MULTILINE
    ),
    Style.NUMPY: re.compile(
        r"^[ \t]*(Parameters|Returns|Yields|Raises?|Attributes)[ \t]*\r?\n[ \t]*-{3,}[ \t]*$",
        re.MULTILINE,
    ),
    Style.SPHINX: re.compile(
        r"^[ \t]*(?::(param|returns?|yields?|raises?)\b[^:\n]*:|\.\. (attribute) ::)", re.MULTILINE
    ),
}
"""The beginning of a section in each style; the matched group is the section's title."""


def style_of_text(docstring: str) -> Style | None:
    """Return the style of one docstring, or None if it has no sections."""
    counts = {style: len(mark.findall(docstring)) for style, mark in MARKS.items()}
    best = max(counts, key=lambda style: counts[style])
    return best if counts[best] else None


def style_of(*sources: Source) -> Style | None:
    """Return the style of most docstrings in some texts, or None if none has sections."""
    votes = dict.fromkeys(MARKS, 0)
    for source in sources:
        for definition in source.definitions:
            statement = docstring_node(definition.node)
            style = style_of_text(source.slice(source.range(statement))) if statement else None
            if style:
                votes[style] += 1
    best = max(votes, key=lambda style: votes[style])
    return best if votes[best] else None


def style_around(path: str) -> Style | None:
    """Return the style of the files beside a file, or None if unknown.

    Reads these files.
    """
    return style_of(*_neighbours(Path(path))) if path else None


def _neighbours(path: Path) -> Iterator[Source]:
    for neighbour in sorted(path.parent.glob("*.py"))[:NEIGHBOURS]:
        try:
            if neighbour != path and neighbour.stat().st_size <= LONGEST_NEIGHBOUR:
                yield Source.of(readable(neighbour.read_bytes()))
        except (OSError, BrokenError):
            continue
