"""Values that look too random to be words, names or numbers."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from detect_secrets.plugins.high_entropy_strings import HighEntropyStringsPlugin

_TOKEN = re.compile(r"[\w+/=\\-]{9,}")
_WORDS = re.compile(r"[a-z_/-]+")
_LONG_HEX = re.compile(r"0x[0-9a-fA-F]{40,}")
_BYTES = re.compile(r"(?:\\x[0-9a-f]{2}|[!-\[\]-~]){8,}", re.IGNORECASE)
_FEWEST_BYTES: Final = 6

DIGEST = re.compile(r"(?:sha\d{1,3}|md5|blake2[bs])[:-][\w+/=]+")
"""The hash of a public file."""

_OF_FILE = re.compile(r"iVBORw0KGgo|/9j/|R0lGOD|UEsDB|JVBERi|PHN2Zy|AAABAA|UklGR|T2dnUw|H4sI")
"""The start of Base64 data of known file types, such as pictures, archives and documents."""

_RUN = re.compile(r"[a-z]+|[A-Z]+|\d+")
_SHUFFLED = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[\w.-]{16,64}")
_LONGEST_RUN: Final = 2.2
"""The maximum average length of a run of one kind of character in a shuffled value."""

_GENERATED = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[^\s\\(){}\[\]<>\"'`]{10,64}")
_SYMBOL = re.compile(r"[!#$%^&*@~?+|]")
_FORMAT = re.compile(r"%\d*[sdrfx]|://")
_FEWEST_SYMBOLS: Final = 3

_FEWEST_LETTERS: Final = 16
_IN_ORDER: Final = 0.75

_WORD_LIST = re.compile(r"[a-z]{3,8}(?: [a-z]{3,8}){11,23}")
_SENTENCE = re.compile(
    r"\b(?:the|and|for|that|this|with|are|was|not|from|have|has|but|which|when|will|can|all|its|"
    r"def|class|import|return|while|else)\b"
)


def is_random(value: str, before: str) -> bool:
    """Return whether a string looks so random that it is probably a secret.

    Args:
        value: The text between the quotes.
        before: The line up to the string.
    """
    if is_word_list(value):
        return True
    if DIGEST.fullmatch(value) or _OF_FILE.match(value) or is_alphabet(value):
        return False
    if not _TOKEN.fullmatch(value):
        return _is_generated(value)
    if _WORDS.fullmatch(value):
        return False
    from detect_secrets.filters import heuristic  # noqa: PLC0415 - slow to import, and rarely needed

    is_harmless = (
        heuristic.is_potential_uuid(value)
        or heuristic.is_sequential_string(value)
        or heuristic.is_not_alphanumeric_string(value)
        or heuristic.is_likely_id_string(value, f"{before}{value}")
    )
    if is_harmless:
        return False
    return (
        is_shuffled(value)
        or _LONG_HEX.fullmatch(value) is not None
        or any(
            characters.fullmatch(value)
            and plugin.calculate_shannon_entropy(value) > plugin.entropy_limit
            for characters, plugin in _entropies()
        )
    )


def is_word_list(value: str) -> bool:
    """Return whether a value is the recovery phrase of a wallet: 12, 15, … unconnected words."""
    return (
        (value.count(" ") + 1) % 3 == 0
        and _WORD_LIST.fullmatch(value) is not None
        and not _SENTENCE.search(value)
    )


def is_alphabet(value: str) -> bool:
    """Return whether a value is an alphabet: each character once, most of them in order."""
    if len(value) < _FEWEST_LETTERS or len(set(value)) < len(value):
        return False
    ascending = sum(one < other for one, other in pairwise(value))
    return ascending >= _IN_ORDER * len(value)


def are_bytes(value: str) -> bool:
    """Return whether a value is written as escapes, like the bytes of a key."""
    return value.count("\\x") >= _FEWEST_BYTES and _BYTES.fullmatch(value) is not None


def is_shuffled(value: str) -> bool:
    """Return whether lower case, upper case and digits alternate.

    An entropy test works only for long strings.
    """
    return _SHUFFLED.fullmatch(value) is not None and len(value) <= _LONGEST_RUN * len(
        _RUN.findall(value)
    )


def _is_generated(value: str) -> bool:
    """Return whether a value has all kinds of characters, like generated passwords."""
    symbols = _SYMBOL.findall(value)
    return (
        min(len(symbols), len(set(symbols))) >= _FEWEST_SYMBOLS
        and _GENERATED.fullmatch(value) is not None
        and not _FORMAT.search(value)
    )


@cache
def _entropies() -> tuple[tuple[re.Pattern[str], HighEntropyStringsPlugin], ...]:
    from detect_secrets.plugins.high_entropy_strings import (  # noqa: PLC0415 - as above
        Base64HighEntropyString,
        HexHighEntropyString,
    )

    found = (Base64HighEntropyString(), HexHighEntropyString())
    return tuple((re.compile(f"[{re.escape(each.charset)}]+"), each) for each in found)
