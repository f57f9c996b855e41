"""The result of one or several rewrites in one line, with the reasons."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from python_expert.actions.base import Action
    from python_expert.gate.comparison import Found

NAMED = 3
"""The most definitions listed for one reason."""

SHOWN = 3
"""The most reasons that the command line prints.

A message shows one.
"""


class Counts(NamedTuple):
    """The number of definitions by result, for one or several documents.

    Attributes:
        asked: Definitions that could be changed, and definitions that were changed with them.
        changed: Definitions that were changed.
        partly: The changed definitions that lack a part because it was refused or not proposed.
        cut: The partly changed definitions that lack a refused part.
        skipped: Definitions that were refused.
        unanswered: Definitions without a proposal.
        documents: Documents with a problem that concerns no single definition.
        allowed: New findings that the user has allowed.
    """

    asked: int = 0
    changed: int = 0
    partly: int = 0
    cut: int = 0
    skipped: int = 0
    unanswered: int = 0
    documents: int = 0
    allowed: int = 0

    @classmethod
    def total(cls, several: Iterable[Counts]) -> Counts:
        """Return the sum of the counts of several documents."""
        return cls(*map(sum, zip(*several, strict=True)))

    @property
    def is_complete(self) -> bool:
        """Whether nothing was refused."""
        return not (self.cut or self.skipped or self.documents)

    def line(self, action: Action, where: str = "") -> str:
        """Return the result in one line.

        Args:
            action: The rewrite.
            where: Text about the place, with a leading space.
        """
        parts = (
            (self.skipped, f"{self.skipped} skipped"),
            (self.unanswered, f"no proposal for {self.unanswered}"),
            (self.documents, f"problems in {count(self.documents, 'file')}"),
            (self.allowed, f"{count(self.allowed, 'new finding')} allowed"),
        )
        rest = ", ".join(text for number, text in parts if number)
        line = f"{action.done} {self.changed} of {count(self.asked, 'definition')}{where}"
        if self.partly:
            line += f" ({self.changed - self.partly} complete, {self.partly} in part)"
        if not self.asked:
            line = f"{action.title}: nothing {'changed' if self.documents else 'to change'}"
        return f"{line}; {rest}" if rest else line


def revealed(findings: Iterable[Found]) -> str:
    """Return the number of findings in code that the tools did not check before, as text."""
    numbers = Counter(each.finding.tool for each in findings)
    found = (f"{tool} finds {number} more" for tool, number in numbers.items())
    return f"{', '.join(found)} in code that was not checked without hints"


def grouped(found: Iterable[tuple[str, str]]) -> list[str]:
    """Return each reason with the definitions that it concerns, the most frequent first.

    Args:
        found: Pairs of a definition's name, which may be empty, and the reason.
    """
    names: dict[str, dict[str, None]] = {}
    for name, reason in found:
        names.setdefault(reason, {})[name.partition("#")[0]] = None
    ordered = sorted(names.items(), key=lambda each: -len(each[1]))
    named = ((reason, listed([*filter(None, them)])) for reason, them in ordered)
    return [f"{them}: {reason}" if them else reason for reason, them in named]


def shortened(groups: list[str], shown: int = SHOWN) -> list[str]:
    """Return the first reasons, and the number of the remaining reasons."""
    more = len(groups) - shown
    return [*groups[:shown], *([f"and {count(more, 'more reason')}"] * (more > 0))]


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def listed(names: Sequence[str]) -> str:
    """Return names as a list for a sentence; long lists are cut."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
