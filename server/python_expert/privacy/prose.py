"""Credentials in sentences: ``the password is …``, ``credentials for the router: …``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from python_expert.privacy.judging import is_credential, words
from python_expert.privacy.names import HINT, Strength, mentions
from python_expert.privacy.shapes import is_made_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.privacy.spans import Span

_QUOTED = re.compile(
    r"\w*(?i:[ \t]+(?:is|was|are|were|to|of|by|as|be|default))?"
    r"[\s:=(,\[]{1,4}(?:\w{1,20}\()?[bru]?"
    r"(?P<quote>\\?[\"'`]{1,2})(?P<value>[^\"'`\n]{3,100}?)(?P=quote)"
)
"""What is quoted right after the word for it."""

_USER = re.compile(
    r"(?<![\w./-])(?:root|admin|administrator|postgres|guest|deploy|ubuntu|sa|pi)"
    r"[ \t]{0,1}[:/][ \t]{0,1}(?=(?P<value>[^\s\"'`(),;]{6,60}))"
)
"""A user whom every system has, and what follows the name."""

_IN_SQL = re.compile(r"(?i:identified[ \t]+(?:with[ \t]+\w+[ \t]+)?by)|\bKEY(?=[ \t]+')")

_WITHIN: Final = 90
"""Characters after the word for a credential within which it is told."""

_SOON: Final = 40
"""The same where any word that looks made up is one."""

_SPACELESS = re.compile(r"\S*")
_PARAGRAPH = re.compile(r"\n\s*\n")


def told(text: str) -> Iterator[Span]:
    """Credentials in a text that are told by the words before them."""
    for match in _USER.finditer(text):
        if is_made_up(match["value"]):
            yield match.span("value")
    spoken = mentions(text)
    for end in (*spoken, *(match.end() for match in _IN_SQL.finditer(text))):
        quoted = _QUOTED.match(text, end)
        if quoted and is_credential(quoted["value"], Strength.STRONG):
            yield quoted.span("value")
    for end in spoken:
        yield from _after(text, end, is_clear=True)
    for match in HINT.finditer(text):
        yield from _after(text, match.end(), is_clear=False)


def _after(text: str, start: int, *, is_clear: bool) -> Iterator[Span]:
    """The words that look made up after one that credentials are spoken of with."""
    before = max(text.rfind(" ", 0, start), text.rfind("\n", 0, start)) + 1
    end = _SPACELESS.match(text, start).end()  # type: ignore[union-attr]  # matches anywhere
    if "://" in text[before:end]:  # the rules for addresses know better
        start = end
    paragraph = _PARAGRAPH.search(text, start, start + _WITHIN)
    for span in words(text, start, paragraph.start() if paragraph else start + _WITHIN):
        is_soon = span[0] - start <= _SOON
        evidence = is_clear + is_soon + is_made_up(text[slice(*span)], strictly=True)
        if evidence > 1:
            yield span
