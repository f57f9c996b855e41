"""How the corpus writes a program: indented as the code around it, so that a person can read it."""

from __future__ import annotations

import textwrap


def code(text: str) -> str:
    """The program between the quotes, without the first line break and the indentation."""
    return textwrap.dedent(text.removeprefix("\n"))
