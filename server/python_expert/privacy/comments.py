"""Relations between comments and the code next to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from python_expert.privacy.names import Strength, strength

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.privacy.literals import Literal

_NAME = re.compile(r"[^\W\d]\w*")
_ONLY_NAMED = re.compile(
    r"\s*(?:[A-Za-z]+ ){0,3}(?P<noun>[^\W\d]+)(?: (?:for|of|from) [\w .-]{1,40})?[.!:]?\s*"
)
_NEXT_CODE = re.compile(r"\n[ \t]*([^\s#][^\n]*)")
_FOR_TOOLS = re.compile(r"#+[ \t]*(?:noqa|type:|nosec|pragma|pylint|mypy|ruff|fmt|isort|pyright)")
_MOST_ON_LINE = 400


def adjacent_names(code: str, start: int) -> list[str]:
    """Return the names in the code before or below a comment."""
    if _FOR_TOOLS.match(code, start):
        return []
    least = max(0, start - _MOST_ON_LINE)
    line = code[max(least, code.rfind("\n", least, start) + 1) : start]
    if not line.strip():
        following = _NEXT_CODE.search(code, start, start + _MOST_ON_LINE)
        line = following[1] if following else ""
    return _NAME.findall(line)


def labelled_by_comments(code: str, found: Sequence[Literal]) -> Iterator[Literal]:
    """Yield the strings that a comment after or above the string calls a password.

    Args:
        code: Python; it need not parse.
        found: The strings and comments of the code.
    """
    for number, each in enumerate(found):
        if not (each.is_comment and _names_credential(code[slice(*each.text)])):
            continue
        before, after = found[number - 1 : number], found[number + 1 : number + 3]
        if before and not before[0].is_comment and "\n" not in code[before[0].end : each.start]:
            yield before[0]
            continue
        start = code.rfind("\n", 0, each.start) + 1
        if code[start : each.start].strip():
            continue
        near = [one for one in after if code.count("\n", each.end, one.start) == 1]
        if len(near) == 1 and not near[0].is_comment:
            yield near[0]


def _names_credential(comment: str) -> bool:
    """Return whether a comment consists only of the name of a credential and its purpose."""
    match = _ONLY_NAMED.fullmatch(comment)
    return match is not None and strength(match["noun"]) is Strength.STRONG
