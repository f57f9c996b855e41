"""What a rewrite leaves out of the proposals, for the user and for the provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from python_expert.actions.base import Skipped
from python_expert.gate.blocking import is_allowable
from python_expert.pipeline.summary import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.actions.base import Facts
    from python_expert.gate.comparison import Found

_PART = "a part is left out, because "
"""Begins the reason where the rest of a definition's proposal is written."""


class LeftOut:
    """Records what was left out, and why.

    Args:
        proposed: The proposals.

    Attributes:
        left: What is shown to the user, in order.
        faults: What the provider could correct, by key; it quotes no other files.
        withheld: Proposals that are not written, or not completely, because of findings that the
            user may allow; by key.
        cuts: The keys of the proposals that findings have cut.
    """

    def __init__(self, proposed: Facts) -> None:
        self.left: dict[Skipped, None] = {}
        self.faults: dict[str, tuple[str, ...]] = {}
        self.withheld: dict[str, Any] = {}
        self.cuts: set[str] = set()
        self._proposed = proposed

    def note(self, left: Skipped) -> None:
        """Note something for the user."""
        self.left[left] = None

    def reject(self, key: str, reason: str) -> None:
        """Note something that the provider could correct."""
        self.faults[key] = tuple(dict.fromkeys((*self.faults.get(key, ()), reason)))

    def cut(self, key: str, why: str, *, whole: bool) -> None:
        """Note that a finding has removed a proposal, or a part of it."""
        self.cuts.add(key)
        if whole:  # this includes the parts that were noted before
            self._forget(key)
        self.note(Skipped(key, why if whole else f"{_PART}{why}"))

    def depend(self, keys: Iterable[str], contradicted: Iterable[tuple[str, str]]) -> None:
        """Note proposals that were partly inferred from what the tools have contradicted.

        Args:
            keys: The keys of the proposals.
            contradicted: The contradicted facts, each as a definition's key and a part of it.
        """
        wrong = listed([f"`{name}` of {key}" for key, name in contradicted])
        why = f"{_PART}it depends on the proposal for {wrong}, which a tool contradicts"
        for key in keys:
            self.note(Skipped(key, why))

    def withhold(self, before: Facts, now: Facts, blocking: Iterable[Found]) -> None:
        """Note facts withheld because of findings; if no cause was found, all of them."""
        if not any(is_allowable(each.finding) for each in blocking):
            return
        for key, facts in before.items():
            if now == before or now.get(key) not in (facts, self._proposed[key]):
                self.withheld[key] = self._proposed[key]

    def restore(self, key: str) -> None:
        """Note that a proposal is complete again."""
        self._forget(key)
        self.faults.pop(key, None)
        self.withheld.pop(key, None)

    def _forget(self, key: str) -> None:
        self.left = {each: None for each in self.left if each.key != key}
