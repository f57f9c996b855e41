"""The names of values that are inserted into the fields of a text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

_LONGEST: Final = 1_000
_INSERT = re.compile(r"\(([\w\s,.`\"\[\]]+)\)\s*VALUES\s*\(", re.IGNORECASE)
_SQL_FIELD = re.compile(r"\?|%s|%\(\w+\)s|:\w+|\$\d")
_FIELD = re.compile(
    r"(?P<name>[\w-]{0,40})(?:[ \t]+(?:is|was|to))?\W{0,4}?"
    r"(?P<field>%(?:\((?P<key>\w+)\))?[-\d.]*[sdr]|(?<=[\s=(,])\?|"
    r"\{(?P<word>\w*)(?:![rs])?(?::[^{}]*)?\}|\$\{?(?P<variable>\w+)\}?)"
)
_USERINFO = re.compile(r"[^\s/@:]*:\Z")
"""The text between ``://`` and a password."""


class Field(NamedTuple):
    """A field of a text.

    Attributes:
        name: The name before the field, as ``pw`` in ``pw=%s``; ``password`` before a host.
        key: The key of the field's value, as ``p`` in ``%(p)s``; empty if values are inserted in
            order.
    """

    name: str
    key: str = ""


@lru_cache(maxsize=256)
def columns(template: str) -> tuple[Field, ...]:
    """Return the fields of a text, in order.

    Args:
        template: A format, a message with ``%s``, or SQL with question marks.
    """
    template = template[-_LONGEST:]
    if insert := _INSERT.search(template):
        names = [each.strip(' `"[]\n\t') for each in insert[1].split(",")]
        fields = template[insert.end() :].split(",")
        return tuple(
            Field(name)
            for name, field in zip(names, fields, strict=False)
            if _SQL_FIELD.search(field)
        )
    return tuple(
        Field(
            "password"
            if _is_in_address(template, each.start("field"), each.end())
            else each["name"],
            each["key"] or each["word"] or each["variable"] or "",
        )
        for each in _FIELD.finditer(template)
    )


def _is_in_address(template: str, start: int, end: int) -> bool:
    """Return whether a field is the password of an address: ``ftp://{}:{}@host``."""
    _, scheme, user = template[:start].rpartition("://")
    return bool(scheme) and _USERINFO.fullmatch(user) is not None and template[end : end + 1] == "@"
