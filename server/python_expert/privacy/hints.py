"""The names around a value that describe it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from python_expert.privacy.arguments import of_argument
from python_expert.privacy.calls import GETTERS, PAIRS, TABLES, VALUE_KEYS, WRAPPERS, takes_key
from python_expert.privacy.frames import Frame, Label
from python_expert.privacy.names import Strength, is_plural
from python_expert.privacy.places import Place, clear, is_flag, is_question, named
from python_expert.privacy.templates import Field, columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BY_USER = re.compile(r"(?i)(.*\w)_?(?:_map|_dict|_table|_lookup|_by_\w+|_for_\w+|map)")
"""Names of tables with a password for each user."""

_USER_AND_PASSWORD = {(user, "p") for user in "u user usr login username uid".split()}
_FIELDS_READ: Final = 8
_DEEPEST: Final = 16
"""The most enclosing brackets that are examined."""

_WORD = re.compile(r"\w+")
_CLOSED = re.compile(r"[\s,]*[)\]]")


def found_at(stack: Sequence[Frame], place: Place) -> Iterator[Label]:
    """Yield the labels of a literal, from the innermost bracket outwards.

    Args:
        stack: The statement, and the brackets around the literal.
        place: The code around the literal, other than its brackets.
    """
    limit, position, is_collection, is_keyed = Strength.STRONG, -1, False, False
    is_exact = False
    for depth, frame in enumerate(reversed(stack[-_DEEPEST:])):
        if frame.compared:
            yield Label(frame.compared, limit)
        if frame.is_subscript:
            is_exact = is_exact or frame.short == "literal"
            if not is_exact:
                return
            continue
        one = min(limit, clear(not is_collection))
        where = frame.index if position < 0 else position
        is_keyed = is_keyed or (frame.opener == "{" and bool(frame.key))
        yield from _of_rows(frame, where, limit, one, is_keyed=is_keyed)
        yield from (Label(each, limit) for each in _columns(frame, position))
        if frame.is_call and not frame.key:
            yield from of_argument(frame, limit, position, place)
            limit = min(limit, through(frame))
            is_collection = is_collection and frame.short != "join"
        else:
            is_value = not depth and _is_value_of_pair(stack, place.after)
            yield from _of_element(frame, position, limit, one, is_value=is_value)
            yield Label(frame.slots[-1] if frame.is_locked else "", clear(is_exact))
            is_collection = is_collection and frame.key != "examples"
            if frame.is_call and frame.key.casefold() not in VALUE_KEYS:
                yield Label("password" if frame.key == "input" else "", clear(place.is_asked))
                return
        if frame.opener and not frame.is_call:
            position = where if frame.opener != "{" else position
            is_collection = is_collection or frame.opener != "(" or frame.index > 0
        else:
            position = frame.index if frame.short == "param" else -1
        if limit is Strength.NONE:
            return
        place = place._replace(after="") if place.after else place


def _of_rows(
    frame: Frame, position: int, limit: Strength, one: Strength, *, is_keyed: bool
) -> Iterator[Label]:
    """Yield the labels that assignment targets and loop variables give to a position."""
    for row in frame.targets:
        if is_keyed and len(row) == 1 and is_pair(row[0]):
            yield Label("token", Strength.WEAK)  # users and their passwords
        if is_keyed and len(row) == 1 and (by_user := _BY_USER.fullmatch(row[0])):
            yield Label(by_user[1], limit)
        yield from _of_targets(row, position, limit, limit if row is frame.looped else one)


def _is_value_of_pair(stack: Sequence[Frame], after: str) -> bool:
    """Return whether a literal is the second element of a pair, in a row of such pairs."""
    if len(stack) == 1 or stack[-1].index != 1 or not _CLOSED.match(after):
        return False
    outer = stack[-2]
    return bool(outer.opener) and not (outer.slots[-1] or outer.key or outer.targets)


def is_pair(name: str) -> bool:
    """Return whether a name refers to a pair of a user name and a password."""
    return name.rpartition(".")[2].casefold().removeprefix("get_") in PAIRS


def through(frame: Frame) -> Strength:
    """Return how strongly the name of a call's result applies to its arguments."""
    if frame.short in GETTERS:
        return Strength.STRONG if frame.index else Strength.NONE
    return clear(frame.short in WRAPPERS)


def _columns(frame: Frame, position: int) -> Iterator[str]:
    """Yield the column of a table, or the field of a text, that an element fills.

    Args:
        frame: The brackets of the element, or the brackets around the element's brackets.
        position: The element's 0-based index between its own brackets; -1 if the element is
            directly in the frame.
    """
    inner = max(position, 0)
    found: Sequence[Field]
    if frame.key and (not frame.is_call or frame.short in {"format", "substitute"}):
        found, at = frame.columns or columns(frame.items.get(-1, "")), frame.key
        yield from (each.name for each in found if each.key == at)
        return
    if not frame.is_call:
        found, index = frame.columns, frame.index
    elif frame.key:
        return
    elif frame.short == "format":
        found, index = columns(frame.items.get(-1, "")), frame.index
    elif frame.short in TABLES:
        names = _WORD.findall(frame.items.get(0, ""))
        found, index = frame.columns or tuple(map(Field, names)), inner
        index = min(index, len(found) - 1) if frame.index else len(found)
    else:
        found = columns(frame.items.get(0, "")) if frame.index else ()
        index = frame.index - 1 if position < 0 else inner
    if 0 <= index < len(found):
        yield found[index].name


def _of_targets(names: list[str], position: int, many: Strength, one: Strength) -> Iterator[Label]:
    """Yield the labels that targets give to the value at a position among the assigned values."""
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


def _of_element(
    frame: Frame, position: int, limit: Strength, one: Strength, *, is_value: bool
) -> Iterator[Label]:
    """Yield the labels that an element gets from its key or from the previous element."""
    if frame.key:
        is_of_key = (
            frame.is_call and frame.key in {"key", "secret", "k"} and takes_key(frame.callee)
        )
        yield Label("password" if is_question(frame.key) or is_of_key else "", limit)
        yield from _of_targets([frame.key], position, limit, one)
        if frame.key.casefold() in VALUE_KEYS:
            for each in frame.fields[:_FIELDS_READ]:
                yield Label(named(each), limit)
    elif frame.opener:
        previous = frame.items.get(frame.index - 1, "")
        yield Label(named(previous), min(limit, clear(is_flag(previous) or is_value)))
