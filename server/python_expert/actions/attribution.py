"""Which proposals caused new findings: the question to an action, and its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_expert.actions.base import Facts
    from python_expert.text.document import Range


class Fault(NamedTuple):
    """A finding that a candidate would add, as far as a rewrite needs to know it.

    Attributes:
        tool: ``ruff``, ``mypy`` or ``bandit``.
        code: The rule.
        message: What is wrong.
        range: Where in the text after the rewrite, or None if it is in another document.
        text: The text of that other document.
        at: Where in it.
    """

    tool: str
    code: str
    message: str
    range: Range | None
    text: str = ""
    at: Range | None = None


class Attribution(NamedTuple):
    """Which proposals have caused findings.

    Attributes:
        facts: Fewer or weaker facts; the same ones if none can be named as the cause.
        causes: For each key whose facts have changed, the indexes of the findings
            that are the reason.
        contradicted: What was left out, each as a definition's key and what of it.
    """

    facts: Facts
    causes: Mapping[str, tuple[int, ...]]
    contradicted: tuple[tuple[str, str], ...] = ()
