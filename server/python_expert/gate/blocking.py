"""Which new findings block an edit: all except those in the table below.

Blocking depends on the rule, never on a severity, which settings can change. A rule may be in the
table only if other checks also detect every wrong edit that the rule reports. For each entry,
`tests/gate/test_blocking.py` has a wrong edit that is still refused.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.diagnostics.finding import Finding
    from python_expert.gate.verdict import Reason


class FailOn(StrEnum):
    """Which new findings make a judgement fail."""

    BLOCKING = "blocking"
    ANY = "any"


class NotBlocking(NamedTuple):
    """Rules of a tool that do not stop an edit.

    Attributes:
        tool: The tool's name.
        rules: Rules, as ruff selects them: a prefix of letters with the first digits of a number.
        reason: Why these rules are not needed to detect a wrong edit.
    """

    tool: str
    rules: tuple[str, ...]
    reason: str


TABLE = (
    NotBlocking(
        "ruff",
        ("E1", "E2", "E3", "E501", "W", "Q", "COM", "PIE790"),
        "Layout: Python reads the same code, and the proof compares its tokens and its tree.",
    ),
    NotBlocking(
        "ruff",
        ("D", "DOC"),
        "The form of docstrings: no program is changed by it, and readers of docstrings are a "
        "matter of the proof.",
    ),
    NotBlocking(
        "ruff",
        ("I001", "TC001", "TC002", "TC003", "TC004", "TC005", "TC006", "TID252"),
        "Order, place and spelling of imports: the proof shows what each added import binds, and "
        "when; F401, F811 and F821 block.",
    ),
    NotBlocking(
        "ruff",
        (
            "UP006",
            "UP007",
            "UP035",
            "UP037",
            "UP040",
            "UP045",
            "UP046",
            "UP047",
            "RUF013",
            "RUF036",
            "FA100",
        ),
        "How an annotation is spelt: it means the same type, which mypy judges.",
    ),
    NotBlocking(
        "ruff",
        ("ANN", "FBT", "PYI"),
        "What a project thinks of annotations: it says nothing about whether they are right.",
    ),
    NotBlocking(
        "ruff",
        ("RUF001", "RUF002", "RUF003"),
        "Letters that resemble others: the proof refuses characters that hide something, and "
        "compares all code.",
    ),
    NotBlocking(
        "ruff",
        ("PLR0915",),
        "The length of a function, in which a docstring counts as a statement: the proof compares "
        "the tree.",
    ),
    NotBlocking(
        "ruff",
        ("RET504",),
        "A name for a result that is returned at once: without it the same value is returned, and "
        "the proof compares the tree.",
    ),
    NotBlocking(
        "ruff",
        ("RUF100",),
        "An unused suppression comment: it cannot make an edit wrong, and is not removed.",
    ),
    NotBlocking(
        "ruff",
        ("ASYNC109", "ASYNC110"),
        "Advice on timeouts and waiting loops that the function had before it became async.",
    ),
    NotBlocking(
        "mypy",
        (
            "no-untyped-call",
            "no-untyped-def",
            "no-any-return",
            "untyped-decorator",
            "unused-ignore",
        ),
        "What gradual typing raises by itself: a typed function that uses one that is not. What "
        "is Any cannot show that a hint is wrong.",
    ),
)

NEVER_ALLOWED = {
    "ruff": ("invalid-syntax", "E9", "F404", "F70", "F821", "F822", "F823"),
    "mypy": ("", "syntax", "name-defined", "used-before-def"),
}
"""Rules of each tool that the user cannot allow.

A program that fails with a syntax error or a NameError means something else than before. Errors
that stop mypy have no code.
"""

_CODE = re.compile(r"([A-Z]+)(\d*)")


def is_blocking(finding: Finding) -> bool:
    """Return whether a new finding stops an edit."""
    return not any(
        finding.tool == entry.tool and any(_covers(rule, finding.code) for rule in entry.rules)
        for entry in TABLE
    )


def is_listed(finding: Finding, reasons: Iterable[Reason]) -> bool:
    """Return whether a proof already lists a finding about a blocking call or an unused import.

    The proof lists a call only if the old text has the same call in the same place, where it
    blocked as well; ruff checks async functions only, so the finding is new. It lists an import
    only if the old text has it and an example in a docstring, or a line that does not parse, uses
    it.
    """
    start = finding.range.start
    return (
        finding.tool == "ruff"
        and any(_covers(rule, finding.code) for rule in ("ASYNC2", "F401"))
        and any((each.line, each.listed_at) == (start.line, start.column) for each in reasons)
    )


def is_allowable(finding: Finding) -> bool:
    """Return whether the user may allow a new finding that stops an edit."""
    return not any(_covers(rule, finding.code) for rule in NEVER_ALLOWED.get(finding.tool, ()))


def _covers(rule: str, code: str) -> bool:
    """Return whether a rule covers a code.

    For example, ``D`` covers ``D413``, but not ``DOC201`` or ``DTZ``.
    """
    wanted, found = _CODE.fullmatch(rule), _CODE.fullmatch(code)
    if wanted is None or found is None:
        return rule == code
    return wanted[1] == found[1] and found[2].startswith(wanted[2])
