"""One edit that claims to convert to async alone."""

from __future__ import annotations

from typing import NamedTuple

from python_expert.actions.base import Options

OPTIONS = Options(packages=("httpx", "aiofiles", "anyio"))


class Case(NamedTuple):
    """One edit.

    Attributes:
        name: What it does.
        before: The text before.
        after: The text after.
        options: What is known beside the texts.
    """

    name: str
    before: str
    after: str
    options: Options = OPTIONS
