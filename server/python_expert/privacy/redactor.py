"""Secrets replaced before a text leaves the machine, and put back afterwards."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

from python_expert.privacy.formats import in_text, key_blocks, unmistakable
from python_expert.privacy.literals import literals
from python_expert.privacy.quoted import is_assigned_secret, is_random, place
from python_expert.privacy.spans import common, united, without

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from python_expert.privacy.literals import Literal
    from python_expert.privacy.quoted import Place
    from python_expert.privacy.spans import Span

_PLACEHOLDER = re.compile(r"REDACTED_\d+_VALUE")
_QUOTED = re.compile(r"(?=([\"'`])([^\"'`\r\n]{3,400})\1)")
_JOINT = re.compile(r"[\s\\+()]*")
_PLAIN_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_SHORTEST_SPREAD = 8


class Redactor:
    """Replaces secrets by placeholders, the same secret always by the same one.

    Only what stands in strings and comments is replaced, and what can be nothing but a secret; so
    the code keeps its shape. It need not parse.

    Args:
        enabled: False: every text stays as it is.

    Attributes:
        secrets: The secrets replaced so far, by placeholder.
    """

    def __init__(self, enabled: bool) -> None:  # noqa: FBT001 - the one thing to be said
        self.secrets: dict[str, str] = {}
        self._enabled = enabled

    def redact(self, text: str) -> str:
        """A text with its secrets, and those found before in other texts, replaced."""
        # A secret that is found once is known elsewhere; so look again when something is replaced.
        while self._enabled and (spans := self._find(text)):
            text = self._replace(text, spans)
        return text

    def _find(self, text: str) -> list[Span]:
        """What is to be replaced: disjoint, ascending."""
        found = literals(text)
        parts = united(part for each in found for part in each.parts)
        in_code: list[Span] = []
        blocks: list[Span] = []
        for each in key_blocks(text):
            (blocks if common([(each[0], each[0] + 1)], parts) else in_code).append(each)
        spans = united([*in_text(text), *_quoted(text, found), *self._known(text), *blocks])
        spans = united([*common(spans, parts), *in_code, *unmistakable(text)])
        placeholders = [each.span() for each in _PLACEHOLDER.finditer(text)]
        stripped = (_stripped(text, *each) for each in without(spans, placeholders, len(text)))
        return [(start, end) for start, end in stripped if start < end]

    def _known(self, text: str) -> Iterator[Span]:
        """Secrets known already, except those that are ordinary words elsewhere."""
        known = [
            secret
            for secret in self.secrets.values()
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


def restore(value: Any, secrets: Mapping[str, str]) -> Any:  # noqa: ANN401 - any plain JSON
    """Put secrets back in place of their placeholders.

    Args:
        value: Plain JSON; placeholders are replaced in all of its strings, keys included.
        secrets: The secrets by placeholder; see `Redactor`.
    """
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda match: secrets.get(match[0], match[0]), value)
    if isinstance(value, list | tuple):
        return type(value)(restore(each, secrets) for each in value)
    if isinstance(value, dict):
        return {restore(key, secrets): restore(each, secrets) for key, each in value.items()}
    return value


def _quoted(text: str, found: Iterable[Literal]) -> Iterator[Span]:
    """Strings, and what is quoted within strings and comments, that are secrets."""
    before_it: Literal | None = None
    where = place("", "")
    for each in found:
        start, end = each.text
        for match in _QUOTED.finditer(text, start, end):
            around = place(text[start : match.start()], text[match.end(2) + 1 : end])
            yield from _judged(text, [match.span(2)], around)
        if each.is_comment:
            continue
        # Strings side by side are one.
        if before_it is None or not _JOINT.fullmatch(text, before_it.end, each.start):
            where = place(
                text[max(0, each.start - 200) : each.start], text[each.end : each.end + 200]
            )
        yield from _judged(text, each.parts, where)
        before_it = each


def _judged(text: str, parts: Iterable[Span], where: Place) -> Iterator[Span]:
    for start, end in parts:
        value = text[start:end]
        line = text[text.rfind("\n", 0, start) + 1 : start]
        if is_assigned_secret(value, where) or is_random(value, line):
            yield (start, start + len(value.rstrip("\\")))


def _stripped(text: str, start: int, end: int) -> Span:
    """A span without the blanks on either side."""
    value = text[start:end]
    return (end - len(value.lstrip()), start + len(value.rstrip()))
