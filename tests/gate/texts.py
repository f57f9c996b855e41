"""Let the corpora write programs with the indentation of the code around them."""

from __future__ import annotations

import textwrap


def code(text: str) -> str:
    """Return a program without the first line break and the common indentation."""
    return textwrap.dedent(text.removeprefix("\n"))
