"""Checks that the server's messages conform to the LSP specification.

They are parsed with lsprotocol's types, which are generated from the specification's own model.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from lsprotocol.converters import get_converter
from lsprotocol.types import METHOD_TO_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cattrs import Converter

    from tests.client import Said

MOST = 40
"""The maximum number of messages of one method that are checked in a session."""


def misfits(messages: Iterable[Said]) -> list[str]:
    """Return a description of each message that does not conform to LSP."""
    faults = []
    counts: dict[tuple[str, bool], int] = {}
    for method, message, answers in messages:
        key = (method, answers)
        counts[key] = counts.get(key, 0) + 1
        if counts[key] > MOST or method not in METHOD_TO_TYPES or "error" in message:
            continue
        request, response, *_ = METHOD_TO_TYPES[method]
        shape = response if answers else request
        if shape is None:
            continue
        try:
            _converter().structure(message, shape)
        except Exception as error:  # noqa: BLE001 - cattrs raises groups of many kinds
            faults.append(f"{method} is not as LSP has it ({error!r}): {str(message)[:400]}")
    return faults


@cache
def _converter() -> Converter:
    return get_converter()
