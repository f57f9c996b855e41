"""Credentials in sentences: ``the password is …``, ``credentials for the router: …``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from python_expert.privacy.judging import is_credential, words
from python_expert.privacy.names import HINT, Strength, mentions
from python_expert.privacy.sentences import in_sentences
from python_expert.privacy.shapes import looks_generated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.privacy.spans import Span

_QUOTED = re.compile(
    r"\w*(?:[\s:=(,]{1,3}(?i:is|was|are|were|to|by|as|be|defaults?|should|expected|"
    r"set|changed|ist|e\.g\.|like|example|"
    r"lautet|est|es)){0,3}"
    r"[\s:=(,\[]{1,4}(?:\w{1,20}\()?[bru]?"
    r"(?P<quote>\\?[\"'`]{1,2})(?P<value>[^\"'`\n]{3,100}?)(?P=quote)"
)
"""A quoted text directly after a word for a credential."""

_USER = re.compile(
    r"(?<![\w./-])(?:root|admin|administrator|postgres|guest|deploy|ubuntu|sa|pi)"
    r"[ \t]{0,1}[:/][ \t]{0,1}(?=(?P<value>[^\s\"'`(),;]{6,60}))"
)
"""A user name that exists on every system, with the text after it."""

_USER_NAME = r"(?i:user(?:name)?|log(?:ged)?[ -]?in(?:[ ]as)?|account)[ \t:=]+[\w.@-]+"
_IN_WORDS = re.compile(
    rf"\b{_USER_NAME}[\s,;/]+(?:and |with )?(?i:password|pass|passwd|pw|pwd)[ \t]*[:=][ \t]*"
    r"(?P<value>[^\s,;()\"']{3,})"
    rf"|\b{_USER_NAME}[ \t]+\((?i:password|pass|passwd|pw|pwd)[ \t:=]+"
    r"(?P<bracketed>[^\s,;()\"']{3,})\)"
    r"|\b(?i:(?:credentials?|creds|login|account)[ \t]*[:=][ \t]*|(?:credentials?|creds)[ \t]+)"
    r"[\w.@-]+[ ]?[/:][ ]?"
    r"(?P<slashed>(?![^\s]*\.(?:json|ya?ml|toml|ini|txt|py|cfg)\b)[^\s/,;()<\"']{4,})"
)
"""A user followed by the password."""

_NEXT_WORD = re.compile(
    r"(?i:[ \t]+(?:is|was|to))?[ \t\"'`(\[:=]+(?P<value>[a-z]{3,}(?:[A-Z][a-z]{2,})+)(?![\w(.=\[])|"
    r"[ \t]*\[(?P<default>[\w!$.-]{4,40})\][ \t]*:"
)
"""Two words written as one directly after the word for a credential, or a default answer."""

_IN_SQL = re.compile(r"(?i:identified[ \t]+(?:with[ \t]+\w+[ \t]+)?by)|\bKEY(?=[ \t]+')")

_WITHIN: Final = 90
"""The most characters between the word for a credential and the credential."""

_SOON: Final = 40
"""The most characters from the word to the credential, if the next password-like word counts."""

_SPACELESS = re.compile(r"\S{0,400}")
_PARAGRAPH = re.compile(r"\n\s*\n")


def credentials_in_words(text: str, *, is_prose: bool) -> Iterator[Span]:
    """Yield the credentials that are recognizable by the words of a text.

    Args:
        text: The text between quotes, or after a number sign.
        is_prose: Whether the text is for people, as in comments and docstrings.
    """
    yield from _of_users(text)
    spoken = mentions(text)
    yield from in_sentences(text, spoken, is_prose=is_prose)
    for end in (*spoken, *(match.end() for match in _IN_SQL.finditer(text))):
        word = _NEXT_WORD.match(text, end)
        if word and is_credential(word[group := word.lastgroup or 0], Strength.STRONG):
            yield word.span(group)
        quoted = _QUOTED.match(text, end)
        if quoted and is_credential(quoted["value"], Strength.STRONG):
            yield quoted.span("value")
    for end in spoken:
        yield from _after(text, end, is_clear=True)
        yield from _before(text, end)
    for match in HINT.finditer(text):
        yield from _after(text, match.end(), is_clear=False)
        yield from _before(text, match.end())


def _of_users(text: str) -> Iterator[Span]:
    """Yield the credentials that follow the name of a user."""
    for match in _IN_WORDS.finditer(text):
        group = match.lastgroup or 0
        if is_credential(match[group], Strength.STRONG):
            yield match.span(group)
    for match in _USER.finditer(text):
        if looks_generated(match["value"]):
            yield match.span("value")


def _before(text: str, end: int) -> Iterator[Span]:
    """Yield the words that look like passwords before a word for a credential."""
    least = max(0, end - _SOON)
    start = max(text.rfind("\n", least, end) + 1, least)
    while 0 < start < end and not text[start - 1].isspace():
        start += 1
    stop = max(text.rfind(" ", start, end), start)
    for span in words(text, start, stop):
        if looks_generated(text[slice(*span)], strictly=True):
            yield span


def _after(text: str, start: int, *, is_clear: bool) -> Iterator[Span]:
    """Yield the words that look like passwords after a word for a credential."""
    least = max(0, start - _WITHIN)
    before = max(text.rfind(" ", least, start), text.rfind("\n", least, start), least - 1) + 1
    end = _SPACELESS.match(text, start).end()  # type: ignore[union-attr]  # matches anywhere
    if "://" in text[before:end] or text.startswith(
        ("arn:", "urn:"), before
    ):  # the rules for addresses are more precise
        start = end
    paragraph = _PARAGRAPH.search(text, start, start + _WITHIN)
    for span in words(text, start, paragraph.start() if paragraph else start + _WITHIN):
        is_soon = span[0] - start <= _SOON
        evidence = is_clear + is_soon + looks_generated(text[slice(*span)], strictly=True)
        if evidence > 1:
            yield span
