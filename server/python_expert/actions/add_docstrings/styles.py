"""Which style the docstrings of a text are written in."""

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
"""Files beside a text that are looked at for the style of its project."""

LONGEST_NEIGHBOUR = 100_000
"""Bytes of a file up to which it is looked at."""

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
"""How a section begins in each style; its word is the group that matched."""


def style_of_text(docstring: str) -> Style | None:
    """The style of one docstring, or None if it has no sections."""
    counts = {style: len(mark.findall(docstring)) for style, mark in MARKS.items()}
    best = max(counts, key=lambda style: counts[style])
    return best if counts[best] else None


def style_of(*sources: Source) -> Style | None:
    """The style most docstrings of texts are written in, or None if none of them tells."""
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
    """The style of the files beside one, or None if none of them tells; reads these."""
    return style_of(*_neighbours(Path(path))) if path else None


def _neighbours(path: Path) -> Iterator[Source]:
    for neighbour in sorted(path.parent.glob("*.py"))[:NEIGHBOURS]:
        try:
            if neighbour != path and neighbour.stat().st_size <= LONGEST_NEIGHBOUR:
                yield Source.of(readable(neighbour.read_bytes()))
        except (OSError, BrokenError):
            continue
