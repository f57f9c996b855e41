"""Secrets that are known by what they are assigned to, or by how random they look."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from detect_secrets.plugins.high_entropy_strings import HighEntropyStringsPlugin

_NEAR = 160
"""How many characters before a string tell what it is assigned to."""

_PROBE = "x9probe9x"
"""Stands in for a string while it is asked what the string is assigned to."""

_ALSO = re.compile(
    r"token|passphrase|passcode|credentials?|(?:access|encryption|signing|master|hmac)_?key|"
    r"(?<![a-z])pass(?![a-z])|(?<![a-z])pw(?![a-z])",
    re.IGNORECASE,
)
"""Words that tell a secret, beside those that detect-secrets knows."""

_BLOCK = re.compile(r"[\w\])]\s*:[ \t]*(?:#[^\n]*)?[\r\n]")
_TYPE = r"[\w.]+(?:\[(?:[^\[\]]|\[[^\[\]]*\])*\])?"
_ANNOTATED = re.compile(rf"(?<=\w)\s*:\s*{_TYPE}(?:\s*\|\s*{_TYPE})*\s*=\s*$")
_LOOKED_UP = re.compile(
    r"(?:get|getenv|setdefault|setenv|putenv)\(\s*[bru]?([\"'][^\"']*[\"'])\s*,\s*[bru]?$"
)
_AUTH = re.compile(r"\bauth\s*=\s*\(\s*([\"'])[^\"']*\1\s*,\s*$")
_WRAPPED = re.compile(
    r"(?<=[=:,])\s*(?:[\w.]*(?:SecretStr|SecretBytes|Secret|str|bytes|b64decode|unhexlify|fromhex|"
    r"quote|quote_plus))?\(\s*$"
)
_TARGET = re.compile(r"[\w.\[\]'\"]*\s*(?:[=!]=|=>|=|:)\s*$")
_NAME = re.compile(r"([\w.]+)[\]'\")\s]*(?:[=!]=|=>|=|:)?\s*$")

_WORDS = re.compile(r"[A-Za-z_ .,:/*<>()?!-]+")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_VARIABLE = re.compile(r"\$\{?\w+\}?|\$\(.*\)|%\(?\w*\)?s|\{.*\}|<.*>|\[.*\]|%\w+%")
_NOTHING = frozenset(
    (
        *("none", "null", "true", "false", "str", "string", "bytes", "object"),
        *("optional", "required", "hidden", "redacted"),
    )
)
_SHORTEST = 3
_SHORTEST_OF_OTHERS = 8
_RANDOM = re.compile(r"[\w+/=\\-]{9,}")


class Place(NamedTuple):
    """What a string is assigned to or compared with.

    Attributes:
        is_secret: Whether that is named as secrets are.
        is_exact: Whether the name says that it is the secret itself, rather than, say, its length.
    """

    is_secret: bool
    is_exact: bool


def place(before: str, after: str) -> Place:
    """What a string is assigned to, by the code on either side of it."""
    near = _BLOCK.split(before[-_NEAR:])[-1].replace("\\", "")
    near = re.sub(r"\s+", " ", near).replace("-", "_").replace(":=", "=")
    near = _ANNOTATED.sub(" = ", near)
    near = _LOOKED_UP.sub(r"\1: ", near)
    near = _AUTH.sub("password = ", near)
    near = _WRAPPED.sub(" ", near)
    target = _TARGET.search(near)
    near = target[0] if target else ""
    after = re.split(r"[,;)}\r\n]", after[:_NEAR])[0]
    return _place(near, after if re.match(r"\s*[=!]=", after) else "")


@cache
def _keywords() -> tuple[re.Pattern[str], Callable[[str], bool]]:
    """The words that tell a secret, and detect-secrets' way to see whether one is assigned."""
    from detect_secrets.plugins.keyword import (  # noqa: PLC0415 - slow, and seldom needed
        DENYLIST,
        KeywordDetector,
    )

    detector = KeywordDetector()
    words = re.compile(f"{'|'.join(DENYLIST)}|{_ALSO.pattern}", re.IGNORECASE)
    return words, lambda line: _PROBE in detector.analyze_string(line)


def _place(near: str, after: str) -> Place:
    words, is_assigned = _keywords()
    if not words.search(near) and not words.search(after):
        return Place(is_secret=False, is_exact=False)
    line = _ALSO.sub("secret", f'{near}"{_PROBE}"{after}')
    name = _NAME.search(near)
    is_exact = (
        bool(after)
        or name is None
        or re.search(rf"(?:{words.pattern})s?_?\d*$", name[1], re.IGNORECASE) is not None
    )
    return Place(is_assigned(line), is_exact)


def is_assigned_secret(value: str, where: Place) -> bool:
    """Whether a string that is assigned to a secret's name is the secret.

    Args:
        value: What is between the quotes.
        where: What it is assigned to.
    """
    value = value.strip()
    if not where.is_secret or len(value) < _SHORTEST or value.lower() in _NOTHING:
        return False
    if not any(map(str.isalnum, value)) or _VARIABLE.fullmatch(value) or "\n" in value:
        return False
    words, _ = _keywords()
    if _WORDS.fullmatch(value) and words.search(value):  # the name of a secret, or a question
        return False
    return where.is_exact or (
        len(value) >= _SHORTEST_OF_OTHERS
        and not re.search(r"\s|://|^[/.]", value)
        and any(map(str.isdigit, value))
        and any(map(str.isalpha, value))
        and not _DOTTED.fullmatch(value)
    )


@cache
def _entropies() -> tuple[tuple[re.Pattern[str], HighEntropyStringsPlugin], ...]:
    from detect_secrets.plugins.high_entropy_strings import (  # noqa: PLC0415 - as above
        Base64HighEntropyString,
        HexHighEntropyString,
    )

    found = (Base64HighEntropyString(), HexHighEntropyString())
    return tuple((re.compile(f"[{re.escape(each.charset)}]+"), each) for each in found)


def is_random(value: str, before: str) -> bool:
    """Whether a string looks too random to be anything but a secret.

    Args:
        value: What is between the quotes.
        before: The line it stands on, up to it.
    """
    if not _RANDOM.fullmatch(value) or re.fullmatch(r"[a-z_/-]+", value):
        return False
    from detect_secrets.filters import heuristic  # noqa: PLC0415 - as above

    if heuristic.is_potential_uuid(value) or heuristic.is_sequential_string(value):
        return False
    if heuristic.is_not_alphanumeric_string(value):
        return False
    if heuristic.is_likely_id_string(value, f"{before}{value}"):
        return False
    return any(
        characters.fullmatch(value)
        and plugin.calculate_shannon_entropy(value) > plugin.entropy_limit
        for characters, plugin in _entropies()
    )
