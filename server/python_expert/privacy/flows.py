"""Variables that are used as credentials, regardless of their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from python_expert.privacy.calls import VALUE_KEYS, argument
from python_expert.privacy.names import Strength, strength
from python_expert.privacy.places import is_flag, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from python_expert.privacy.frames import Frame, Label

_GOES_ON = re.compile(r"[ \t]*(?:[(.\[]|[:=](?!=))")
"""Code after a name which shows that the name is not the value itself."""

_GOES_ON_IN_BLOCK = re.compile(r"[ \t]*(?:[(.\[]|=(?!=))")
_COMPARED = re.compile(r"(\([^()\n]{0,30}\)|\[[^\[\]\n]{0,30}\])?[ \t]*[!=]=[ \t]*([^\W\d][\w.]*)")
_CALLED = re.compile(r"\([ \t]*\)")
_OWNED = re.compile(r"(?:self|cls|[A-Z]\w*)\.(\w+)")
_ALL = re.compile(r"(.+)\.(?:items|values)")
_MOST_SPREAD: Final = 5
"""The most elements that are examined in a row spread over arguments."""


class Flows:
    """The variables of some code that are used as credentials.

    Names have these forms: ``row[1]`` is the second element of a row or of its rows, ``table[key]``
    the value of a key, ``row[*]`` any element, and ``name()`` the result of a function.

    Args:
        signatures: The names of the parameters of functions and classes.
    """

    def __init__(self, signatures: Mapping[str, Sequence[str]]) -> None:
        self._used: set[tuple[int, str]] = set()
        self._anywhere: set[str] = set()
        self._signatures = signatures
        self._edges: list[tuple[int, str, str]] = []
        self.asked: set[tuple[int, str]] = set()
        self.coded: set[tuple[int, str]] = set()

    def use(self, scope: int, name: str) -> None:
        """Record that a variable is a credential.

        Args:
            scope: The start of the function that uses the variable; 0 outside of functions.
            name: The variable's name in that function.
        """
        self._used.add((scope, name))
        self._anywhere.add(name)
        if owned := _OWNED.fullmatch(name):
            self._anywhere.add(owned[1])

    def record(self, scope: int, frame: Frame, name: str, follows: str, label: str = "") -> None:
        """Record a name that is read and may be used as a credential.

        Args:
            scope: The start of the function; see `use`.
            frame: The brackets or the statement around the name.
            name: The name.
            follows: The code after the name.
            label: The label that a text gives to the name; see `filled_by`.
        """
        if frame.is_call:
            self._pass(scope, frame, name)
        goes_on = (_GOES_ON_IN_BLOCK if frame.block else _GOES_ON).match(follows)
        is_credential = self._is_credential(frame)
        if _CALLED.match(follows) and is_credential:
            self.use(scope, f"{name.rpartition('.')[2]}()")
        elif name.endswith(".get") and is_credential:
            self.use(scope, f"{name[:-4]}[*]")
        elif not goes_on and (is_credential or strength(label) is Strength.STRONG):
            self.use(scope, name)
        if (compared := _COMPARED.match(follows)) and strength(compared[2]) is Strength.STRONG:
            self.use(scope, f"{name.removesuffix('.get')}[*]" if compared[1] else name)
        self._connect(scope, frame, name)

    def _pass(self, scope: int, frame: Frame, name: str) -> None:
        """Record a row spread over arguments, and a user and password that are encoded together."""
        if frame.short == "b64encode" and not frame.index:
            self.coded.add((scope, name))
            self.use(scope, f"{name}[1]")
        if frame.starred == frame.index:
            for place in range(_MOST_SPREAD):
                if argument(frame.callee, frame.index + place) is Strength.STRONG:
                    self.use(scope, f"{name}[{place}]")

    def ask(self, scope: int, frame: Frame) -> None:
        """Record that a statement assigns the answer to a password prompt."""
        self.asked.update((scope, name) for each in frame.targets[-1:] for name in each)

    def settle(self) -> None:
        """Mark all variables as credentials whose values are assigned to credentials."""
        size = -1
        while size != len(self._used):
            size = len(self._used)
            for scope, target, name in self._edges:
                if (scope, target) in self._used:
                    self.use(scope, name)

    def among(self, scope: int, labels: Iterable[Label]) -> bool:
        """Return whether a value with some labels is assigned to a credential variable."""
        return any(
            each.limit is Strength.STRONG
            and (
                f"{each.name}()" in self._anywhere
                or (scope, each.name) in self.asked
                or (
                    each.name in self._anywhere
                    and (not scope or "." in each.name or (scope, each.name) in self._used)
                )
            )
            for each in labels
        )

    def _connect(self, scope: int, frame: Frame, name: str) -> None:
        """Record the variables that a name is assigned to, or that loop over it."""
        rows = [each for each in frame.targets if each != [""]]
        if frame.opener or not rows or frame.key:
            return
        names = rows[-1]
        every = _ALL.fullmatch(name)
        for place, target in enumerate(names):
            if every:
                source = f"{every[1]}[*]" if place == len(names) - 1 else ""
            elif len(names) > 1:
                source = f"{name}[{place}]"
            else:
                source = f"{name}[*]" if names is frame.looped else name
            if source and target != source:
                self._edges.append((scope, target, source))

    def _is_credential(self, frame: Frame) -> bool:
        """Return whether the next value is used as a credential."""
        if frame.is_locked or frame.is_subscript:
            return False
        if frame.key:
            label = frame.key if frame.key.casefold() not in VALUE_KEYS else ""
        elif frame.is_call:
            if argument(frame.callee, frame.index) is Strength.STRONG:
                return True
            names = self._signatures.get(frame.callee.rpartition(".")[2], ())
            label = names[frame.index] if frame.index < len(names) else ""
        else:
            rows = [each for each in frame.targets if len(each) == 1]
            label = rows[-1][0] if rows and not frame.opener else ""
        previous = frame.items.get(frame.index - 1, "") if frame.opener else ""
        if is_flag(previous) and strength(named(previous)) is Strength.STRONG:
            return True
        return Strength.STRONG in {strength(label), strength(frame.compared)}
