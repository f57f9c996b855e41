"""Estimates of tokens for limits and comparisons; the endpoint's count is authoritative."""

from __future__ import annotations

import re

_PIECE = re.compile(
    r"(?P<word>[A-Za-z]+)|(?P<digits>[0-9]+)|(?P<break>\n\s*)|(?P<blanks>[^\S\n]+)"
    r"|(?P<marks>[!-/:-@\[-`{-~]+)|(?P<other>.)",
    re.DOTALL,
)
_LETTERS, _DIGITS, _MARKS = 5, 3, 2


def tokens(text: str) -> int:
    """Estimate the tokens of a text by a fixed rule.

    One token for every 5 letters of a word, 3 digits of a number and 2 ASCII punctuation marks in a
    row (rounded up), for each line break with the following indentation, for each run of more than
    one blank, and for any other character. For Python code this is one token for 3.5 to 3.8
    characters.
    """
    count = 0
    for piece in _PIECE.finditer(text):
        length = piece.end() - piece.start()
        match piece.lastgroup:
            case "word":
                count += -(-length // _LETTERS)
            case "digits":
                count += -(-length // _DIGITS)
            case "marks":
                count += -(-length // _MARKS)
            case "blanks":
                count += length > 1
            case _:
                count += 1
    return count
