"""What the names around a value say of it, by where it stands."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from python_expert.privacy.calls import GETTERS, PAIRS, TABLES, VALUE_KEYS, WRAPPERS
from python_expert.privacy.frames import Frame, Label
from python_expert.privacy.names import Strength, is_plural

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIELDS = re.compile(r"%[sdr]|\{\w*\}")
_USER_AND_PASSWORD = {(user, "p") for user in "u user usr login username uid".split()}
_LONGEST_TEMPLATE: Final = 1_000
_LONGEST_NAME: Final = 60
_FIELDS_READ: Final = 8

_WORD = re.compile(r"\w+")
_INSERT = re.compile(r"\(([\w\s,.`\"\[\]]+)\)\s*VALUES\s*\(", re.IGNORECASE)
_SQL_FIELD = re.compile(r"\?|%s|%\(\w+\)s|:\w+|\$\d")
_NAMED_FIELD = re.compile(
    r"(?P<name>[\w-]{0,40})\W{0,4}?(?:%[-\d.]*[sdr]|(?<=[\s=(,])\?|\{\d?(?:![rs])?(?::[^{}]*)?\}|\$\d)"
)


@lru_cache(maxsize=256)
def columns(template: str) -> list[str]:
    """What the values are called that are filled into a text, in order.

    Args:
        template: A format, a message with ``%s``, or SQL with question marks.
    """
    template = template[-_LONGEST_TEMPLATE:]
    if insert := _INSERT.search(template):
        names = [each.strip(' `"[]\n\t') for each in insert[1].split(",")]
        fields = template[insert.end() :].split(",")
        return [
            name for name, field in zip(names, fields, strict=False) if _SQL_FIELD.search(field)
        ]
    return [each["name"] for each in _NAMED_FIELD.finditer(template)]


def column(frame: Frame, position: int) -> str:
    """The column of a table, or the field of a text, that an element fills.

    Args:
        frame: What the element is in, or what the brackets are in that it is in.
        position: Where it is between these brackets; -1 without.
    """
    inner = max(position, 0)
    if not frame.is_call:
        found, at = frame.columns, frame.index
    elif frame.key:
        return ""
    elif frame.short == "format":
        found, at = columns(frame.items.get(-1, "")), frame.index
    elif frame.short in TABLES:
        found, at = frame.columns or _WORD.findall(frame.items.get(0, "")), inner
        at = min(at, len(found) - 1) if frame.index else len(found)
    else:
        found = columns(frame.items.get(0, "")) if frame.index else []
        at = frame.index - 1 if position < 0 else inner
    return found[at] if 0 <= at < len(found) else ""


def is_pair(name: str) -> bool:
    """Whether it is what a user name and a password are called."""
    return name.rpartition(".")[2].casefold().removeprefix("get_") in PAIRS


def of(names: list[str], position: int, many: Strength, one: Strength) -> Iterator[Label]:
    """What targets say of the value at a position among those assigned to them."""
    if not names:
        return
    if len(names) == 1:
        yield Label(names[0], many if is_plural(names[0]) else one)
        if position == 1 and is_pair(names[0]):
            yield Label("password", many)
    else:
        at = min(position, len(names) - 1)
        yield Label(names[at], many)
        if at and (names[at - 1].casefold(), names[at].casefold()) in _USER_AND_PASSWORD:
            yield Label("password", many)


def of_element(frame: Frame, position: int, limit: Strength, one: Strength) -> Iterator[Label]:
    """What its key, its annotation or the element before says of an element."""
    if frame.key:
        yield from of([frame.key], position, limit, one)
        if frame.key.casefold() in VALUE_KEYS:
            for each in frame.fields[:_FIELDS_READ]:
                yield Label(named(each), limit)
    elif frame.opener:
        previous = frame.items.get(frame.index - 1, "")
        yield Label(named(previous), min(limit, clear(is_flag(previous))))
    if frame.is_locked:
        yield Label(frame.slots[-1], Strength.WEAK)


def through(frame: Frame) -> Strength:
    """How far what a call's result is called holds for an argument."""
    if frame.short in GETTERS:
        return Strength.STRONG if frame.index else Strength.NONE
    return clear(frame.short in WRAPPERS)


def clear(is_clear: bool) -> Strength:  # noqa: FBT001 - the one thing to be said
    """The most that a name counts for that stands there."""
    return Strength.STRONG if is_clear else Strength.WEAK


def is_flag(content: str) -> bool:
    """Whether it says what the next element is: a flag, a header, or an environment variable."""
    return (
        re.fullmatch(
            r"--?[A-Za-z][\w-]*|[A-Z][A-Z\d]*(?:_[A-Z\d]+)+|[A-Z][A-Za-z]*(?:-[A-Z][A-Za-z]*)+",
            content,
        )
        is not None
    )


def named(content: str) -> str:
    """The name that the text of a literal is; empty if it is too long for one."""
    if len(content) > _LONGEST_NAME or "\n" in content:
        return ""
    return _FIELDS.sub(" ", content).strip()
