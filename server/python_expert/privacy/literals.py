"""The positions of string literals and comments, also in code that does not parse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.privacy.spans import Span

DEEPEST = 4
"""The maximum depth of nested f-strings."""

LONGEST_FIELD = 2_000
"""The maximum length of a replacement field, in characters."""

_START = re.compile(
    r"""(?P<comment>\#) | (?:(?<!\w)(?P<prefix>[bfrtu]{1,2}))?(?P<quote>\"\"\"|\'\'\'|"|')""",
    re.IGNORECASE | re.VERBOSE,
)
_LOOSE_QUOTE = re.compile(r"\"\"\"|'''|[\"']")
_LINE_END = re.compile(r"[\r\n]|\Z")


class Literal(NamedTuple):
    """A string literal or a comment.

    Attributes:
        start: The start, including the prefix and quotes.
        end: The end.
        text: The range of the text between quotes, or after the number sign.
        parts: The range ``text`` without the replacement fields of an f-string.
        is_comment: Whether this is a comment.
    """

    start: int
    end: int
    text: Span
    parts: tuple[Span, ...]
    is_comment: bool = False


def literals(code: str) -> list[Literal]:
    """Return all string literals and comments in order, including those in replacement fields.

    An unclosed string ends with its line. With triple quotes, it ends with the code.
    """
    found: list[Literal] = []
    _read(code, 0, len(code), found, 0)
    return sorted(found)


def _read(code: str, start: int, end: int, found: list[Literal], depth: int) -> None:
    at = start
    while match := _START.search(code, at, end):
        if match["comment"]:
            at = _LINE_END.search(code, match.end(), end).start()  # type: ignore[union-attr]  # the end of the text matches
            text = (match.end(), at)
            # In a replacement field, a number sign starts a format, not a comment.
            if depth == 0:
                found.append(Literal(match.start(), at, text, (text,), is_comment=True))
            else:
                at = match.end()
            continue
        at = _string(code, match, end, found, depth)


def _string(code: str, match: re.Match[str], end: int, found: list[Literal], depth: int) -> int:
    """Read a string literal and return its end."""
    quote = match["quote"]
    stops = _stops(quote, bool({"f", "t"} & set((match["prefix"] or "").lower())))
    begin = at = match.end()
    parts: list[Span] = []
    while stop := stops.search(code, at, end):
        if stop[0] == "{":
            close = _field_end(code, stop.end(), end, quote) if depth < DEEPEST else -1
            if close >= 0:
                parts.append((begin, stop.start()))
                _read(code, stop.end(), close, found, depth + 1)
                begin = close + 1
            at = max(close, stop.start()) + 1
        elif stop[0] == quote or stop[0] in "\r\n":
            break
        else:  # an escape, or doubled braces
            at = stop.end()
    inner = stop.start() if stop else end
    parts.append((begin, inner))
    close = inner + len(quote) if stop and stop[0] == quote else inner
    found.append(Literal(match.start(), close, (match.end(), inner), tuple(parts)))
    return max(close, match.end())


def _stops(quote: str, fields: bool) -> re.Pattern[str]:  # noqa: FBT001 - its condition
    line_end = "" if len(quote) > 1 else r"|[\r\n]"
    return re.compile(rf"\\(?:\r\n|[\s\S])|{quote}{line_end}" + (r"|\{\{|\{" if fields else ""))


def _field_end(code: str, start: int, end: int, quote: str) -> int:
    """Return the offset of the closing brace of a replacement field; -1 if there is none."""
    end = min(end, start + LONGEST_FIELD)
    if len(quote) == 1:
        line_end = _LINE_END.search(code, start, end)
        end = line_end.start() if line_end else end
    depth, at = 0, start
    for match in _brackets(code, start, end):
        if match.start() < at:
            continue
        if match[0] in "([{":
            depth += 1
        elif match[0] in ")]}":
            if match[0] == "}" and depth == 0:
                return match.start()
            depth -= 1
        else:  # a string in the field
            close = code.find(match[0], match.end(), end)
            if close < 0:
                return -1
            at = close + len(match[0])
    return -1


def _brackets(code: str, start: int, end: int) -> Iterator[re.Match[str]]:
    return re.compile(r"[()\[\]{}]|" + _LOOSE_QUOTE.pattern).finditer(code, start, end)
