"""Characters and line ends of a text, and whether its encoding supports them."""

from __future__ import annotations

import tokenize
import unicodedata
from typing import TYPE_CHECKING

from python_expert.text.decoding import encoding_of
from python_expert.text.document import line_length

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from python_expert.analysis.source import Source

_DIRECTION = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def lacks(source: Source, text: str) -> str | None:
    """Return why a text's encoding cannot represent some new characters, or None."""
    head = "".join(source.lines[:2]).encode("utf-8", "replace")
    try:
        text.encode(encoding_of(head))
    except UnicodeEncodeError:
        return "there are characters that the file's encoding cannot represent"
    except ValueError:
        return "the file's encoding is not known"
    return None


def line_ends(lines: Sequence[str]) -> set[str]:
    """Return the set of line ends that some lines have."""
    return {line[line_length(line) :] for line in lines} - {""}


def indentation(tokens: Iterable[tokenize.TokenInfo]) -> str:
    """Return one level of a text's indentation."""
    for token in tokens:
        if token.type == tokenize.INDENT:
            return token.string.rpartition("\f")[2] or "    "
    return "    "


def is_hidden(character: str) -> bool:
    """Return whether a character is invisible, or hides other text from readers."""
    if character in "\t\n\r":
        return False
    return (
        unicodedata.category(character) in {"Cc", "Cs"}
        or unicodedata.bidirectional(character) in _DIRECTION
        or character in "\u200b\u200e\u200f\u061c\u2028\u2029\ufeff"
        or "\u2060" <= character <= "\u2064"  # invisible joiners and operators
        or "\U000e0000" <= character <= "\U000e007f"  # tags: invisible letters
    )
