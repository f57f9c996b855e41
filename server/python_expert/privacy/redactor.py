"""Replacement of secrets before a text leaves the machine; secrets are never restored."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from python_expert.privacy.formats import key_blocks, unmistakable
from python_expert.privacy.literals import literals
from python_expert.privacy.numerals import numerals
from python_expert.privacy.search import secrets_in
from python_expert.privacy.spans import common, united, without

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.privacy.spans import Span

_PLACEHOLDER = re.compile(r"REDACTED_\d+_VALUE")
_PLAIN_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_SHORTEST_SPREAD = 8


class Redactor:
    """Replaces secrets by placeholders; each secret always gets the same placeholder.

    Only parts of strings, numbers and comments, and secrets with an unmistakable format, are
    replaced. The code therefore keeps its structure. The code need not parse.

    Args:
        enabled: If False, every text is returned unchanged.

    Attributes:
        secrets: The secrets replaced so far, by placeholder.
    """

    def __init__(self, enabled: bool) -> None:  # noqa: FBT001 - its only parameter
        self.secrets: dict[str, str] = {}
        self._enabled = enabled

    def redact(self, text: str) -> str:
        """Return a text without its secrets and the secrets found in earlier texts."""
        # A value next to a secret may also be a secret, which only shows after the first
        # replacement.
        while self._enabled and (found := self._find(text)):
            text = self._replace(text, found)
        return text

    def _find(self, text: str) -> list[Span]:
        """Return the spans to replace, disjoint and ascending."""
        found = literals(text)
        numbers = numerals(text, found)
        parts = united(part for each in (*found, *numbers) for part in each.parts)
        in_code: list[Span] = []
        blocks: list[Span] = []
        for each in key_blocks(text):
            (blocks if common([(each[0], each[0] + 1)], parts) else in_code).append(each)
        spans = united([*secrets_in(text, found, numbers), *blocks])
        spans = _bare(text, united([*common(spans, parts), *in_code, *unmistakable(text)]))
        # Every occurrence of a secret that was found once is replaced.
        known = self._known(text, {text[start:end] for start, end in spans})
        return _bare(text, united([*spans, *common(united(known), parts)]))

    def _known(self, text: str, found: set[str]) -> Iterator[Span]:
        """Yield the spans of known secrets, unless they are ordinary words elsewhere."""
        known = [
            secret
            for secret in found.union(self.secrets.values())
            if len(secret) >= _SHORTEST_SPREAD and not _PLAIN_WORD.fullmatch(secret)
        ]
        if known:
            known.sort(key=len, reverse=True)
            yield from (each.span() for each in re.finditer("|".join(map(re.escape, known)), text))

    def _replace(self, text: str, spans: Sequence[Span]) -> str:
        placeholders = {secret: name for name, secret in self.secrets.items()}
        names = (f"REDACTED_{number}_VALUE" for number in itertools.count(1))
        pieces, at = [], 0
        for start, end in spans:
            secret = text[start:end]
            if secret not in placeholders:
                name = next(each for each in names if each not in self.secrets and each not in text)
                placeholders[secret] = name
                self.secrets[name] = secret
            pieces += [text[at:start], placeholders[secret]]
            at = end
        return "".join([*pieces, text[at:]])


def _bare(text: str, spans: Sequence[Span]) -> list[Span]:
    """Return spans without placeholders and surrounding whitespace."""
    placeholders = [each.span() for each in _PLACEHOLDER.finditer(text)]
    found: list[Span] = []
    for start, end in without(spans, placeholders, len(text)):
        value = text[start:end]
        if value.strip():
            found.append((end - len(value.lstrip()), start + len(value.rstrip())))
    return found
