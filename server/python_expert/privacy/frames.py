"""The reading state of a statement, or of the part between two brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from python_expert.privacy.names import Strength, strength

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.privacy.templates import Field

_MOST_TARGETS: Final = 8


class Label(NamedTuple):
    """A name that describes a value.

    Attributes:
        name: The name.
        limit: The highest strength of the name at this place.
    """

    name: str
    limit: Strength = Strength.STRONG

    @property
    def strength(self) -> Strength:
        """How strongly the name shows that the value is a credential."""
        return min(self.limit, strength(self.name))


class Frame:
    """A statement, or the part between two brackets.

    Args:
        opener: The opening bracket; empty for a statement.
        callee: The name before the bracket.

    Attributes:
        targets: The names that are assigned to or that are loop variables, a list for each target.
        looped: The target of a loop.
        slots: The last name read in each element so far.
        items: The text of literals, by element.
        fields: The text of literals that name other values.
        key: The keyword or dictionary key of the current element.
        compared: The name that the current element is compared with.
        is_locked: Whether an annotation is being read.
        in_lambda: Whether the parameters of a lambda are being read.
        block: The keyword of a block's header; empty for other statements.
        columns: The names of the elements, if earlier code shows them.
        starred: The index of the element with a star before it; -1 if there is none.
        loop: The index of the element with the last ``for``; -1 if there is none.
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
        """The 0-based index of the current element."""
        return len(self.slots) - 1

    @property
    def short(self) -> str:
        """The last part of the callee's name, in lower case."""
        return self.callee.rpartition(".")[2].casefold()

    @property
    def is_call(self) -> bool:
        """Whether this frame has the arguments of a call or the parameters of a definition."""
        return self.opener == "(" and bool(self.callee)

    @property
    def is_subscript(self) -> bool:
        """Whether this frame is the part between a subscript's brackets."""
        return self.opener == "[" and bool(self.callee)

    def record(self, name: str) -> None:
        """Read a name, which labels the current element if that is a value."""
        if not self.is_locked:
            self.slots[-1] = name

    def next(self) -> None:
        """Start the next element."""
        if not self.in_lambda:
            self.slots.append("")
            self.key = self.compared = ""
            self.is_locked = False

    def assign(self) -> None:
        """Make the names before an equals sign the targets of the code after it."""
        if self.opener:
            if self.in_lambda and not self._key_of_lambda:
                self._key_of_lambda = self.key or "lambda"
            self.key = self.slots[-1]
        else:
            self._aim(self.slots)
            self.slots = [""]
        self.is_locked = False

    def forget(self) -> None:
        """End a comparison."""
        self.compared = ""

    def colon(self) -> None:
        """Read the colon of a key, an annotation, or a lambda."""
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
        """Make the names since ``for`` the targets of the elements of the code after ``in``."""
        names = self.slots[self.loop :]
        self.looped = names
        self._aim(names)
        self.loop = -1

    def star(self) -> None:
        """Read the star that spreads a row over the arguments of a call."""
        if self.is_call and not self.slots[-1]:
            self.starred = self.index

    def _aim(self, names: list[str]) -> None:
        self.targets = [*self.targets[1 - _MOST_TARGETS :], names]
