"""An edit that claims to only convert to async."""

from __future__ import annotations

from typing import NamedTuple

from python_expert.actions.base import Options

OPTIONS = Options(packages=("httpx", "aiofiles", "anyio"))


class Case(NamedTuple):
    """An edit.

    Attributes:
        name: The edit's name.
        before: The text before.
        after: The text after.
        options: The context of the edit.
    """

    name: str
    before: str
    after: str
    options: Options = OPTIONS
