"""Names of elements of rows and tables, and of values inserted into a text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from python_expert.privacy.frames import Label
from python_expert.privacy.hints import is_pair
from python_expert.privacy.names import Strength, strength
from python_expert.privacy.places import named
from python_expert.privacy.templates import columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.privacy.frames import Frame

_SCHEME_END = re.compile(r"(?i)\b(?:Bearer|Basic|Token)[ ]\Z")
_COMPARED_AFTER = re.compile(r"\s*[=!]=\s*([^\n,:]{1,80})")
_QUOTED = re.compile(r"[\"']([^\"']*)[\"']")
_NAMES = re.compile(r"[^\W\d][\w.]*")
_DIVIDED = re.compile(r"\.r?(?:split|partition)\(")
_ROWS: Final = frozenset(("iter", "list", "tuple", "dict", "deque", "cycle", "set"))
"""Calls that keep the elements of a row."""

_ASKING: Final = frozenset(
    (
        "input prompt ask askstring raw_input text_input get_string get_input prompt_toolkit "
        "get_secret read_password readline password_input passwordbox"
    ).split()
)
"""Calls that return what the user typed."""

_HIDING: Final = ("entry", "textbox", "input", "askstring", "textfield")
_MASKS: Final = frozenset(("*", "•", "●"))
"""Characters shown in place of a typed password, and the calls that have them as an argument."""


def paths(stack: Sequence[Frame]) -> Iterator[str]:
    """Yield the names of an element of a row or table that is assigned to one name.

    Args:
        stack: The statement, and the brackets around the element.
    """
    first, *rest = stack
    if (
        not rest
        or not first.targets
        or any(each.callee and each.short not in _ROWS for each in rest)
    ):
        return
    last = rest[-1]
    for target in first.targets:
        if len(target) == 1 and target[0]:
            yield f"{target[0]}[{last.key or last.index}]"
            yield f"{target[0]}[*]"


def told_after(frame: Frame, after: str) -> Iterator[Label]:
    """Yield the names that a value is compared with and that its last part is assigned to.

    Args:
        frame: The brackets or the statement around the value.
        after: The code after the value.
    """
    if compared := _COMPARED_AFTER.match(after):
        names = _QUOTED.findall(compared[1]) or _NAMES.findall(compared[1])
        yield from map(Label, names[-1:])
    row = [name for each in frame.targets for name in each]
    if len(row) > 1 and _DIVIDED.match(after):
        yield Label("credentials" if strength(row[-1]) else "", Strength.WEAK)
        yield Label(row[-1])


def filled_by(frame: Frame, template: str, previous: str) -> str:
    """Return the name that a text gives to a value in the text or after it.

    Args:
        frame: The brackets or the statement around the value.
        template: The text before the value.
        previous: The operator between the text and the value.
    """
    if frame.short == "format" and -1 in frame.items and not frame.key:
        found, at = columns(frame.items[-1]), frame.index
    elif not frame.is_call and frame.columns and not frame.key:
        found, at = tuple(frame.columns), frame.index
    elif previous == "%" and template:
        found, at = columns(template), 0
    elif previous == "+" and template:
        if _SCHEME_END.search(template):
            return "password"
        found, at = columns(template + ("{}@" if "://" in template else "{}")), -1
    else:
        return ""
    return found[at].name if -1 <= at < len(found) and found else ""


def in_pair(stack: Sequence[Frame]) -> str:
    """Return ``password`` for the second element of a pair of a user and a password."""
    *_, outer, frame = (stack[0], *stack)
    is_second = frame.opener == "(" and not frame.callee and frame.index == 1
    names = [outer.key, *(name for each in outer.targets[-1:] for name in each[:1])]
    return "password" if is_second and any(map(is_pair, filter(None, names))) else ""


def asks(frame: Frame) -> bool:
    """Return whether a call prompts for a password or creates a field that hides its input."""
    is_hidden = frame.short.endswith(_HIDING) and not _MASKS.isdisjoint(frame.items.values())
    if is_hidden or frame.short == "getpass":
        return True
    question = named(frame.items.get(0, "")).rstrip(" :?")
    return frame.short in _ASKING and strength(question) is Strength.STRONG
