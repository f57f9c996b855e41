"""A user who types, for the tests that let much happen at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from tests.faults.siege import Siege

SNIPPETS = (
    "import os\n",
    "import pickle\n",
    "from prices import price\n",
    "count: int = ''\n",
    "# a comment\n",
    "password = 'hunter2 and 3'\n",
    "def shout(text: str) -> str:\n    return text.upper() + 1\n",
    "def load(path):\n    return eval(open(path).read())\n",
    "class Thing:\n    size: int = 'é😀'\n",
    "answer = undefined\n",
)
"""Texts are made of these; each can stand anywhere."""

UNFINISHED = "def half(:\n"


class Writer:
    """A user who types into several documents, and is never long at one.

    Args:
        siege: Where.
        chance: What decides.
        names: The documents.
        snippets: What is typed.
    """

    def __init__(
        self,
        siege: Siege,
        chance: random.Random,
        names: Sequence[str],
        snippets: Sequence[str] = SNIPPETS,
    ) -> None:
        self._siege = siege
        self._snippets = snippets
        self._chance = chance
        self._parts: dict[str, list[str]] = {name: [] for name in names}
        for name in names:
            siege.edit(name, "")

    def type(self) -> None:
        """Change something somewhere."""
        name = self._chance.choice([name for name in self._parts if name in self._siege.texts])
        parts = self._parts[name]
        where = self._chance.randint(0, len(parts))
        if parts and self._chance.random() < len(parts) / 16:
            where = min(where, len(parts) - 1)
            new, old = "", parts.pop(where)
        elif self._chance.random() < 0.1:
            new, old = UNFINISHED, ""
            parts.insert(where, new)
        else:
            new, old = self._chance.choice(self._snippets), ""
            parts.insert(where, new)
        line = "".join(parts[:where]).count("\n")
        self._siege.alter(name, ((line, 0), (line + old.count("\n"), 0), new))

    def open(self, name: str) -> None:
        """Open a document again that was closed."""
        self._siege.edit(name, "".join(self._parts[name]))

    def finish(self) -> None:
        """Open what was closed and take out what is unfinished, so that all texts can be read."""
        for name, parts in self._parts.items():
            if UNFINISHED in parts or name not in self._siege.texts:
                parts[:] = [part for part in parts if part != UNFINISHED]
                self.open(name)
