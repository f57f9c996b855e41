"""Which style the docstrings of a text are written in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from python_expert.rewrites.base import Style
from python_expert.rewrites.docstrings.shape import docstring_node

if TYPE_CHECKING:
    from python_expert.rewrites.source import Source

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


def style_of(source: Source) -> Style | None:
    """The style most docstrings of a text are written in, or None if none of them tells."""
    votes = dict.fromkeys(MARKS, 0)
    for definition in source.definitions:
        statement = docstring_node(definition.node)
        style = style_of_text(source.slice(source.range(statement))) if statement else None
        if style:
            votes[style] += 1
    best = max(votes, key=lambda style: votes[style])
    return best if votes[best] else None
