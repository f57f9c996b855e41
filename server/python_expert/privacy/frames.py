"""What is known of a statement, or of the part between two brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from python_expert.privacy.names import Strength, strength

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.privacy.templates import Field

_MOST_TARGETS: Final = 8


class Label(NamedTuple):
    """A name that says what a value is.

    Attributes:
        name: The name.
        limit: The most that it counts for, however clear it is.
    """

    name: str
    limit: Strength = Strength.STRONG

    @property
    def strength(self) -> Strength:
        """What it says of the value."""
        return min(self.limit, strength(self.name))


class Frame:
    """A statement, or what is between two brackets.

    Args:
        opener: The bracket; empty for a statement.
        callee: The name before the bracket.

    Attributes:
        targets: What is assigned to, or looped over with, each a row of names.
        looped: Which of them is looped over with.
        slots: The last name heard in each element so far.
        items: The text of literals, by element.
        fields: The same of those that say what others are of.
        key: The keyword, or the dictionary's key, that the current element is for.
        compared: What the current element is compared with.
        is_locked: Whether an annotation is being read.
        in_lambda: Whether a lambda's parameters are.
        block: The word that it begins with as the header of a block.
        columns: What the names are of the elements, where what is before them tells.
        starred: The element that a star is before; -1 without.
        loop: The element at which ``for`` was heard; -1 outside of it.
    """

    def __init__(self, opener: str = "", callee: str = "") -> None:
        self.opener, self.callee = opener, callee
        self.targets: list[list[str]] = []
        self.slots = [""]
        self.items: dict[int, str] = {}
        self.fields: list[str] = []
        self.key = self.compared = ""
        self.loop = self.starred = -1
        self.block = ""
        self.looped: list[str] = []
        self.columns: Sequence[Field] = ()
        self.is_locked = self.in_lambda = False
        self._key_of_lambda = ""

    @property
    def index(self) -> int:
        """The number of the current element, from 0."""
        return len(self.slots) - 1

    @property
    def short(self) -> str:
        """The last part of the callee's name, in lower case."""
        return self.callee.rpartition(".")[2].casefold()

    @property
    def is_call(self) -> bool:
        """Whether these are the arguments of a call, or the parameters of a definition."""
        return self.opener == "(" and bool(self.callee)

    @property
    def is_subscript(self) -> bool:
        """Whether it is what stands between a subscript's brackets."""
        return self.opener == "[" and bool(self.callee)

    def hear(self, name: str) -> None:
        """A name, which is what follows if that is a value."""
        if not self.is_locked:
            self.slots[-1] = name

    def next(self) -> None:
        """The next element begins."""
        if not self.in_lambda:
            self.slots.append("")
            self.key = self.compared = ""
            self.is_locked = False

    def assign(self) -> None:
        """What was heard before an equals sign is what follows it."""
        if self.opener:
            if self.in_lambda and not self._key_of_lambda:
                self._key_of_lambda = self.key or "lambda"
            self.key = self.slots[-1]
        else:
            self._aim(self.slots)
            self.slots = [""]
        self.is_locked = False

    def forget(self) -> None:
        """What follows is compared with something else."""
        self.compared = ""

    def colon(self) -> None:
        """A key, an annotation, or a lambda's body."""
        if self.in_lambda:
            self.in_lambda = False
            if self._key_of_lambda:
                self.key = self._key_of_lambda.removesuffix("lambda")
                self._key_of_lambda = ""
        elif self.opener == "{":
            self.key = self.items.get(self.index) or self.slots[-1]
        else:
            self.is_locked = bool(self.slots[-1])

    def enter_loop(self) -> None:
        """What was heard since ``for`` is what the elements are of what follows."""
        names = self.slots[self.loop :]
        self.looped = names
        self._aim(names)
        self.loop = -1

    def star(self) -> None:
        """What follows, if it is a row, is spread over the arguments of a call."""
        if self.is_call and not self.slots[-1]:
            self.starred = self.index

    def _aim(self, names: list[str]) -> None:
        self.targets = [*self.targets[1 - _MOST_TARGETS :], names]
