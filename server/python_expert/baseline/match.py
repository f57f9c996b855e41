"""Decides which findings of a file are known."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from python_expert.baseline.identity import Identity


class Matcher:
    """Matches findings of a file with its entries in a baseline; each entry counts once.

    Pass the findings of one tool together, because an entry goes to the finding that fits best.

    Args:
        entries: The known findings of the file, with the number of each.

    Attributes:
        left: The entries without a finding so far.
    """

    def __init__(self, entries: Mapping[Identity, int]) -> None:
        self.left = Counter(entries)

    def known(self, found: Sequence[Sequence[Identity]]) -> list[bool]:
        """Return for each of some findings whether it is known.

        A finding uses the entry of its own definition. If there is none, it uses the entry of
        another tool's finding about the same problem, or of an equal line elsewhere in the file,
        because code moves and definitions are renamed.

        Args:
            found: For each finding, its identity, then those of possible substitutes.
        """
        known = [False] * len(found)
        self._take(known, ([each[0]] for each in found), _itself)
        self._take(known, found, _itself)
        if not all(known):
            moved: dict[Identity, list[Identity]] = {}
            for entry in self.left:
                moved.setdefault(entry.anywhere, []).append(entry)
            self._take(known, found, lambda each: moved.get(each.anywhere, ()))
        return known

    def _take(
        self,
        known: list[bool],
        found: Iterable[Sequence[Identity]],
        fitting: Callable[[Identity], Sequence[Identity]],
    ) -> None:
        for number, identities in enumerate(found):
            if known[number]:
                continue
            for entry in (entry for each in identities for entry in fitting(each)):
                if self.left[entry] > 0:
                    self.left[entry] -= 1
                    known[number] = True
                    break


def _itself(identity: Identity) -> Sequence[Identity]:
    return (identity,)
