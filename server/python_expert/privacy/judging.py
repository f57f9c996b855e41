"""Whether a value is a credential, given the strength of its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from python_expert.privacy.names import Strength, mentions, strength
from python_expert.privacy.randomness import DIGEST, is_alphabet, is_word_list
from python_expert.privacy.shapes import SHORTEST, is_placeholder, looks_generated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.privacy.spans import Span

ENDING = re.compile(r"(?:\\[nrt]|[.,:;!?)\]}>'\"`\\])+\Z")
"""Characters after a value that end a sentence or close a bracket."""

_VARIABLE = re.compile(r"[A-Z]+(?:_[A-Z]+)+")
_PATH = re.compile(r"(?:[a-z][\w+.-]*:/|\.{0,2}|~)/|arn:aws|urn:")
_SHORT_END = re.compile(r"(?<=[a-z])(?:pass|pwd?)\Z")
"""Abbreviations for passwords that are endings of ordinary words, such as ``underpass``."""

_NO_NUMBER = re.compile(r"[A-Za-z_ .,:/*<>()?!'-]+")
_SENTENCE = re.compile(
    r"(?:\A[A-Z]|=).*[\"`]|`|[.,:]\Z|: [^\W\d]\w* \w|[^\W\d_]{2,}(?: [^\W\d_]+){4}"
)
_PREFIX = re.compile(r"(?:[\w.-]*[=:])?")
_TWO_WORDS = re.compile(r"[a-z]{3,}(?:[A-Z][a-z]{2,})+")
_PHRASE = re.compile(r"[a-z]{2,12}(?: [a-z]{2,12}){3,23}")
_MESSAGE = re.compile(
    r"\b(?:is|are|was|be|been|must|should|shall|may|can|cannot|could|will|would|has|have|had|do|"
    r"does|"
    r"not|no|if|when|that|which|this|these|your|you|please|for|with|from|at|by|as|than|or|and|"
    r"required|invalid|enter|used|use|using|given|user|file|name|string|value|default|to)\b"
)
"""Words of messages, which are rare in passphrases."""

_COMPOUND = re.compile(
    r"[a-z]+(?:-[a-z]+)*-(?!(?:name|reset|field|file|path|hash|id|url|text)\b)[a-z]{4,}"
)
"""Hyphenated words whose last part does not show that the text is only about a credential."""

_WORD = re.compile(r"[^\s\"'`()\[\]<>{},]+")


def is_credential(value: str, level: Strength) -> bool:
    """Return whether a value is a credential.

    Args:
        value: The text between quotes, or after an equals sign.
        level: The strength of the value's name.
    """
    value = value.strip()
    if level is Strength.NONE or len(value) < SHORTEST or is_placeholder(value) or "\n" in value:
        return False
    if DIGEST.fullmatch(value) or _PATH.match(value) or is_alphabet(value):
        return False
    if level < Strength.STRONG or _VARIABLE.fullmatch(value):
        is_name = strength(value) is Strength.STRONG and value[:-1].isalpha()  # password2
        is_odd = looks_generated(value) or (level is Strength.FAIR and _TWO_WORDS.fullmatch(value))
        return level < Strength.STRONG and bool(is_odd) and not is_name
    if _is_sentence(value):
        return False
    # A text that only names or requests a credential.
    return not (_NO_NUMBER.fullmatch(value) and _is_spoken_of(value))


def words(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Yield the words of a text that look like passwords."""
    for match in _WORD.finditer(text, start, len(text) if end is None else end):
        word = match[0]
        stop = len(ENDING.sub("", word))
        if word.startswith(("arn:", "urn:")):
            continue
        begin = 0
        if "://" not in word:
            begin = max(word.rfind("/", 0, stop) + 1, _PREFIX.match(word, 0, stop).end())  # type: ignore[union-attr]  # matches anything
        if looks_generated(word[begin:stop]):
            yield match.start() + begin, match.start() + stop


def _is_sentence(value: str) -> bool:
    """Return whether a value is a message rather than a passphrase."""
    if " " not in value or is_word_list(value):
        return False
    is_phrase = _PHRASE.fullmatch(value) and not _MESSAGE.search(value)
    return _SENTENCE.search(value) is not None and not is_phrase


def _is_spoken_of(value: str) -> bool:
    word = value.strip(" :?.")
    if "-" in word or (word.isalpha() and word.islower()):
        word = "-".join(_SHORT_END.sub("", each) or each for each in word.split("-"))
    is_compound = _COMPOUND.fullmatch(word) is not None
    least = Strength.WEAK if is_compound or _TWO_WORDS.fullmatch(word) else Strength.NONE
    return strength(word) > least or (bool(mentions(value)) and not is_compound)
