"""Numbers in code that may be credentials: a PIN, a key, or its bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from python_expert.privacy.literals import Literal
from python_expert.privacy.names import Strength, is_pin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from python_expert.privacy.frames import Label

_NUMBER = r"(?<![\w.])(?:0[xob][0-9a-f_]+|\d[\d_]*)(?![\w.])"
_ROW = re.compile(rf"{_NUMBER}(?:\s*,\s*{_NUMBER}){{5,}}|{_NUMBER}", re.IGNORECASE)
_SHORTEST: Final = 4
_FEWEST: Final = 6
_BYTE: Final = 256


def numerals(code: str, found: Iterable[Literal]) -> list[Literal]:
    """Return the long enough numbers and lists of numbers outside of strings and comments."""
    numbers: list[Literal] = []
    at = 0
    for each in (*found, Literal(len(code), len(code), (0, 0), ())):
        if each.start >= at:
            numbers += _between(code, at, each.start)
            at = each.end
    return numbers


def is_secret_number(text: str, names: Iterable[Label]) -> bool:
    """Return whether a number, or a list of numbers, is a credential, given its names."""
    level = max((each.strength for each in names), default=Strength.NONE)
    if "," in text:
        return level is not Strength.NONE and _is_key(text)
    return level is Strength.STRONG or any(each.strength and is_pin(each.name) for each in names)


def _between(code: str, start: int, end: int) -> Iterator[Literal]:
    for match in _ROW.finditer(code, start, end):
        if len(match[0]) >= _SHORTEST:
            yield Literal(*match.span(), match.span(), (match.span(),))


def _is_key(row: str) -> bool:
    """Return whether a list of numbers is bytes rather than an ordered sequence."""
    values = [
        int(each, 0) if not each.isdigit() else int(each) for each in re.split(r"\s*,\s*", row)
    ]
    is_ordered = values in (sorted(values), sorted(values, reverse=True))
    return len(values) >= _FEWEST and max(values) < _BYTE and not is_ordered
