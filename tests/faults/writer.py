"""A simulated user who types, for tests with random events."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from tests.faults.siege import FaultSession

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
"""The parts of the texts; each is valid at any line of a module."""

UNFINISHED = "def half(:\n"


class Writer:
    """A simulated user who types into several documents in turn.

    Args:
        session: The session with the documents.
        chance: The random number generator.
        names: The names of the documents.
        snippets: The texts that the user types.
    """

    def __init__(
        self,
        session: FaultSession,
        chance: random.Random,
        names: Sequence[str],
        snippets: Sequence[str] = SNIPPETS,
    ) -> None:
        self._session = session
        self._snippets = snippets
        self._chance = chance
        self._parts: dict[str, list[str]] = {name: [] for name in names}
        for name in names:
            session.edit(name, "")

    def type(self) -> None:
        """Make a random change in a random open document."""
        name = self._chance.choice([name for name in self._parts if name in self._session.texts])
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
        self._session.alter(name, ((line, 0), (line + old.count("\n"), 0), new))

    def open(self, name: str) -> None:
        """Open a closed document again."""
        self._session.edit(name, "".join(self._parts[name]))

    def finish(self) -> None:
        """Open all documents and remove unfinished code, so that all texts can be parsed."""
        for name, parts in self._parts.items():
            if UNFINISHED in parts or name not in self._session.texts:
                parts[:] = [part for part in parts if part != UNFINISHED]
                self.open(name)
