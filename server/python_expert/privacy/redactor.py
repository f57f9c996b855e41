"""Secrets replaced before a text leaves the machine, and put back afterwards."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

from python_expert.privacy.formats import in_text, key_blocks, unmistakable
from python_expert.privacy.literals import literals
from python_expert.privacy.quoted import is_assigned_secret, is_random, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from python_expert.privacy.literals import Literal, Span

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
        self._placeholders: dict[str, str] = {}
        self._enabled = enabled

    def redact(self, text: str) -> str:
        """A text with its secrets, and those found before in other texts, replaced."""
        # What is around a secret tells it; so look again once something is replaced.
        while self._enabled and (spans := self._find(text)):
            text = self._replace(text, spans)
        return text

    def _find(self, text: str) -> list[Span]:
        """What is to be replaced: disjoint, ascending."""
        found = literals(text)
        parts = _united(part for each in found for part in each.parts)
        spans = [*in_text(text), *_quoted(text, found), *self._known(text)]
        blocks = list(key_blocks(text))
        in_code = [each for each in blocks if not any(_within(each[0], part) for part in parts)]
        spans += [each for each in blocks if each not in in_code]
        united = _united([*_common(_united(spans), parts), *in_code, *unmistakable(text)])
        return _less(united, [each.span() for each in _PLACEHOLDER.finditer(text)])

    def _known(self, text: str) -> Iterator[Span]:
        """Secrets known already, except those that are ordinary words elsewhere."""
        known = [
            secret
            for secret in self._placeholders
            if len(secret) >= _SHORTEST_SPREAD and not _PLAIN_WORD.fullmatch(secret)
        ]
        if known:
            known.sort(key=len, reverse=True)
            yield from (each.span() for each in re.finditer("|".join(map(re.escape, known)), text))

    def _replace(self, text: str, spans: Sequence[Span]) -> str:
        pieces, at = [], 0
        for start, end in spans:
            pieces += [text[at:start], self._placeholder(text[start:end], text)]
            at = end
        return "".join([*pieces, text[at:]])

    def _placeholder(self, secret: str, text: str) -> str:
        if secret not in self._placeholders:
            names = (f"REDACTED_{number}_VALUE" for number in itertools.count(1))
            name = next(each for each in names if each not in self.secrets and each not in text)
            self._placeholders[secret] = name
            self.secrets[name] = secret
        return self._placeholders[secret]


def restore(value: Any, secrets: Mapping[str, str]) -> Any:
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


def _judged(text: str, parts: Iterable[Span], where: Any) -> Iterator[Span]:
    for start, end in parts:
        value = text[start:end]
        line = text[text.rfind("\n", 0, start) + 1 : start]
        if is_assigned_secret(value, where) or is_random(value, line):
            lead = len(value) - len(value.lstrip())
            yield (start + lead, start + len(value.rstrip().rstrip("\\")))


def _united(spans: Iterable[Span]) -> list[Span]:
    """The same without overlaps, ascending, and without empty ones."""
    united: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if united and start < united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united


def _common(spans: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """What two rows of disjoint spans have in common."""
    found, first = [], 0
    for start, end in spans:
        while first < len(others) and others[first][1] <= start:
            first += 1
        for low, high in itertools.takewhile(lambda span: span[0] < end, others[first:]):
            found.append((max(start, low), min(end, high)))
    return found


def _less(spans: Iterable[Span], others: Sequence[Span]) -> list[Span]:
    """What is left of disjoint spans without others."""
    found = []
    for start, end in spans:
        at = start
        for low, high in others:
            if low < end and high > at:
                found.append((at, low))
                at = high
        found.append((at, end))
    return [(start, end) for start, end in found if start < end]


def _within(offset: int, span: Span) -> bool:
    return span[0] <= offset < span[1]
