"""Which variables are passed on as credentials, whatever they are called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from python_expert.privacy.calls import VALUE_KEYS, argument
from python_expert.privacy.names import Strength, strength

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from python_expert.privacy.frames import Frame, Label

_GOES_ON = re.compile(r"[ \t]*(?:[(.\[]|[:=](?!=))")
"""What follows a name that is not the value itself."""


class Flows:
    """The variables of a code that are used as credentials somewhere.

    Args:
        signatures: What the arguments are called of functions and classes.
    """

    def __init__(self, signatures: Mapping[str, Sequence[str]]) -> None:
        self._used: set[tuple[int, str]] = set()
        self._anywhere: set[str] = set()
        self._signatures = signatures

    def use(self, scope: int, name: str) -> None:
        """A variable is a credential.

        Args:
            scope: Where the function starts that uses it; 0 outside of functions.
            name: What it is called there.
        """
        self._used.add((scope, name))
        self._anywhere.add(name)

    def hear(self, scope: int, frame: Frame, name: str, follows: str) -> None:
        """A name is read; it may be used as a credential there.

        Args:
            scope: As above.
            frame: The brackets or the statement that it is in.
            name: What it is.
            follows: The code after it.
        """
        if self._is_credential(frame) and not _GOES_ON.match(follows):
            self.use(scope, name)

    def among(self, scope: int, labels: Iterable[Label]) -> bool:
        """Whether what has some labels, in a function, is assigned to such a variable."""
        return any(
            each.limit is Strength.STRONG
            and each.name in self._anywhere
            and (not scope or "." in each.name or (scope, each.name) in self._used)
            for each in labels
        )

    def _is_credential(self, frame: Frame) -> bool:
        """Whether the value is one that comes next."""
        if frame.is_locked or frame.is_subscript:
            return False
        if frame.key:
            said = frame.key if frame.key.casefold() not in VALUE_KEYS else ""
        elif frame.is_call:
            if argument(frame.callee, frame.index) is Strength.STRONG:
                return True
            names = self._signatures.get(frame.callee.rpartition(".")[2], ())
            said = names[frame.index] if frame.index < len(names) else ""
        else:
            rows = [each for each in frame.targets if len(each) == 1]
            said = rows[-1][0] if rows and not frame.opener else ""
        return Strength.STRONG in {strength(said), strength(frame.compared)}
