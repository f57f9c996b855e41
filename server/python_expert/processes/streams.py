"""The standard streams of a process that speaks with its parent over them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO


def claim() -> tuple[BinaryIO, BinaryIO]:
    """Take standard input and output for messages.

    Whoever reads the input finds its end, and what is printed goes to standard error.
    """
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return source, sink
