"""Reads a tool's output; invalid output becomes a ToolError."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

from python_expert.processes.command import INVALID_ANSWER, ToolError

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)

_QUOTED = 60
"""The number of bytes of invalid output that an error message quotes."""


@contextlib.contextmanager
def reading(title: str, out: bytes, err: bytes = b"") -> Iterator[None]:
    """Read the output of a tool that has run to completion.

    Args:
        title: What was run, for the user.
        out: Its standard output.
        err: Its standard error.

    Raises:
        ToolError: The output does not have the expected form.
    """
    try:
        yield
    except INVALID_ANSWER as error:
        log.debug("the output of %s cannot be read", title, exc_info=error)
        begin = f"its output begins with {out[:_QUOTED]!r}" if out else "its output is empty"
        words = err.decode("utf-8", "replace").strip()[-1000:]
        said = f"; it said: {words}" if words else ""
        raise ToolError(f"{title} sent an invalid response", f": {begin}{said}") from error


def text(value: object) -> str:
    """Return a field of a tool's output that must be a string.

    Raises:
        TypeError: It is not a string.
    """
    if isinstance(value, str):
        return value
    raise TypeError(f"{value!r:.60} is not a string")


def number(value: object) -> int:
    """Return a field of a tool's output that must be a line or column number.

    Raises:
        TypeError: It is not a number.
    """
    if isinstance(value, int):
        return value
    raise TypeError(f"{value!r:.60} is not a number")
