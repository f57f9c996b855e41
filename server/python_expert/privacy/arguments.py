"""Labels that a call gives to its arguments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from python_expert.privacy.calls import (
    ALWAYS_COMPARE,
    ANSWERS,
    ASKED_FOR,
    ASSERTED,
    COLLECTORS,
    COMPARERS,
    GETTERS,
    SETTERS,
    argument,
    given_to,
)
from python_expert.privacy.frames import Frame, Label
from python_expert.privacy.names import Strength, strength
from python_expert.privacy.places import METHODS, Place, clear, is_flag, is_question, named

if TYPE_CHECKING:
    from collections.abc import Iterator

_LAST = re.compile(r"\s*,?\s*\)")
_OTHER = re.compile(r"\s*,\s*([\w.\[\]\"'()]{1,80})")
_LAST_NAME = re.compile(r"([^\W\d]\w*)[\"'\])(]*\Z")
_USER_BEFORE = re.compile(
    r"(?i)(?:cn|uid|ou)=[^,\"']+,(?:[^\"']*,)?(?:dc|o|ou)=.*|[\w.-]+\\{1,2}[a-z_][\w.-]+\Z|"
    r"(?-i:A[KS]IA[A-Z\d]{12,})\Z"
)
"""A user in a directory or domain, or the public part of an Amazon access key."""

_TYPED: Final = frozenset(
    "insert settext set_text setvalue set_value changevalue send_keys fill type type_keys "
    "write typewrite sendkeys press_sequentially setplaintext enter_text input_text "
    "clear_and_type".split()
)
"""Methods that type a value into their object."""

_TABBED = re.compile(r"\bTAB\s*[+,]\s*\Z")
_STORE = re.compile(r"\.(?:kdbx?|pfx|p12|jks|keystore|keychain|ppk)\Z")
_LOCKED = re.compile(r"\.(?:kdbx?|pfx|p12|jks|keystore|pdf|zip|7z|rar|xlsx|docx|gpg|asc)\Z")
"""Files that are opened with a password, always or sometimes."""

_UNLOCKING: Final = frozenset("decrypt encrypt unlock protect unprotect open_encrypted".split())
_SENT = re.compile(r"(?i)\b(?:enter|return)\b")
_WIDGET = re.compile(
    r"(?i)_?(?:line_?edit|edit|entry|text_?box|box|field|input|ctrl|control|widget|element|elem|el|"
    r"locator|tf|txt)\Z"
)
"""The ends of names of input fields."""

_CALLERS: Final = frozenset(
    "partial submit to_thread call_soon run_sync partialmethod defer".split()
)
"""Calls that receive a function and then its arguments."""

_AFTER_USER: Final = (2, 3)
"""The positions at which a password may follow an address and a user."""

_CONNECTING = re.compile(
    r"(?:\A|[._])(?:connect\w*|\w*connection|\w*driver|\w*device|login|log_?on)\Z"
)
"""Names, in lower case, of functions that receive an address, a user and a password."""

_ADDRESS = re.compile(r"https?://[\w.:-]+/?|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?|localhost(?::\d+)?")
"""A text that is only an address."""

_ENTERING = re.compile(
    r"(?:\A|_)(?:log|sign)_?(?:in|on)(?:_(?:as|user|with|to))?\Z|(?:add|new|make)_?user\Z|"
    r"(?:enter|fill|type)_(?:credentials|login)\Z|\Aauth(?:enticate)?\Z"
)
_OF_DATABASE = re.compile(r"(?:db|sql|odbc|oracle|database|psycopg\d?|pg|maria)\w*\.connect\Z")
_OPENING = re.compile(r"(?:client|session|api)\Z")
_HOST = re.compile(
    r"[a-z]\w*://\S+|[\w-]+(?:\.[\w-]+)+(?::\d+)?|localhost(?::\d+)?|(?:db|host|server|sql|"
    r"srv)[\w-]*|\[?[\da-f]*:[\da-f:]+\]?"
)
_USER_NAME = re.compile(r"[A-Za-z][\w.@\\-]{0,40}")


_ACCOUNT = re.compile(r"\+\d[\d ]{6,14}|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
"""A telephone number or email address that identifies a user."""

_OF_ACCOUNT = re.compile(r"(?:api|client|session|account|auth|login|connection|cloud|service)\Z")


def _is_entered_alone(frame: Frame, place: Place) -> bool:
    """Return whether the argument alone gives access because the user is already known."""
    is_only = frame.index == 0 and _LAST.match(place.after) is not None
    return is_only and frame.short == "login" and "." in frame.callee


def _is_after_name(frame: Frame) -> bool:
    """Return whether the argument is the second one of a function that logs in or creates users."""
    user = frame.items.get(0, "")
    name = ASSERTED.sub("", frame.callee.casefold()).rpartition(".")[2]
    if frame.index != 1:
        return False
    if _ACCOUNT.fullmatch(user) and _OF_ACCOUNT.search(name):
        return True
    return bool(_USER_NAME.fullmatch(user) and _ENTERING.search(name))


def _is_after_user(frame: Frame) -> bool:
    """Return whether the arguments before are an address and a user, and perhaps a port."""
    at = frame.index
    if at == _AFTER_USER[0] and _OF_DATABASE.search(frame.callee.casefold()):
        return bool(_USER_NAME.fullmatch(frame.items.get(1, "")))
    host, user = frame.items.get(0, ""), frame.items.get(at - 1, "")
    is_certain = _ADDRESS.fullmatch(host) and (
        frame.callee.rpartition(".")[2][:1].isupper() or _OPENING.search(frame.callee.casefold())
    )
    if not (is_certain or _CONNECTING.search(frame.callee.casefold())):
        return False
    return at in _AFTER_USER and bool(_HOST.fullmatch(host)) and bool(_USER_NAME.fullmatch(user))


def of_argument(frame: Frame, limit: Strength, position: int, place: Place) -> Iterator[Label]:
    """Yield the names that a call and its earlier arguments give to an argument.

    Args:
        frame: The arguments.
        limit: The highest strength of a name.
        position: The 0-based index of the value in a list that is an argument; -1 if the value is
            an argument itself.
        place: The code around the value.
    """
    is_spread = frame.starred == frame.index and position >= 0
    index = frame.index + (position if is_spread else 0)
    yield Label("password", min(limit, argument(frame.callee, index)))
    if _is_after_user(frame) or _is_after_name(frame) or _is_entered_alone(frame, place):
        yield Label("password", limit)
    parameters = place.signatures.get(frame.callee.rpartition(".")[2], ())
    if index < len(parameters) and strength(parameters[index]) > Strength.WEAK:
        yield Label(parameters[index], limit)
    if frame.short in _CALLERS and frame.index:
        yield Label("password", min(limit, argument(frame.slots[0], index - 1)))
    if frame.short in COMPARERS:
        yield from (each._replace(limit=limit) for each in _compared(frame, place))
    yield from _of_receiver(frame, limit, place)
    yield from _of_previous(frame, limit, place)
    if frame.short not in GETTERS:
        is_last = _LAST.match(place.after) is not None
        given = given_to(frame.callee.rpartition(".")[2], index, is_last=is_last)
        yield from (Label(each.name, min(limit, each.limit)) for each in given)


def _compared(frame: Frame, place: Place) -> Iterator[Label]:
    """Yield the names of the values that an argument is compared with."""
    other = _OTHER.match(place.after)
    heard = frame.slots[frame.index - 1] if frame.index else METHODS.sub("", frame.callee)
    yield Label("password" if frame.short in ALWAYS_COMPARE else heard)
    yield from map(Label, _LAST_NAME.findall(other[1]) if other else ())


def _of_receiver(frame: Frame, limit: Strength, place: Place) -> Iterator[Label]:
    """Yield the name of the object whose method is called."""
    receiver = frame.callee.rpartition(".")[0]
    if frame.short in _TYPED:
        yield from (Label(name, limit) for name in (receiver, _WIDGET.sub("", receiver)))
        is_sent = place.label in {"tab", "\\t"} and _SENT.search(place.after)
        if is_sent or _TABBED.search(place.before):
            yield Label("password", limit)
    if frame.short in COLLECTORS:
        yield Label(receiver, min(limit, Strength.WEAK))


def _of_previous(frame: Frame, limit: Strength, place: Place) -> Iterator[Label]:
    """Yield the names given by the previous argument, or by the prompt before an answer."""
    previous = frame.items.get(frame.index - 1, "")
    if not previous and frame.index == 0 and frame.short in ANSWERS:
        previous = place.label
        if frame.callee.casefold().endswith(ASKED_FOR):
            yield Label("password", min(limit, clear(place.is_asked)))
    file = frame.items.get(-1, "") if frame.index == 0 else previous
    if (_LOCKED if frame.short in _UNLOCKING else _STORE).search(file):
        yield Label("password", limit)
    is_command = frame.short == "execute_command" and previous.upper() == "AUTH"
    if is_question(previous) or _USER_BEFORE.match(previous) or is_command:
        yield Label("password", limit)
    is_clear = frame.short in SETTERS or frame.short in GETTERS or is_flag(previous)
    if frame.short == "fromkeys":
        previous, is_clear = " ".join(each.name for each in frame.columns), True
    yield Label(named(previous), min(limit, clear(is_clear)))
