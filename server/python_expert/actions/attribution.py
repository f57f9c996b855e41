"""The question to an action which proposals caused new findings, and its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_expert.actions.base import Facts
    from python_expert.text.document import Range


class Fault(NamedTuple):
    """A finding that a candidate would add, as a rewrite sees it.

    Attributes:
        tool: ``ruff``, ``mypy`` or ``bandit``.
        code: The rule.
        message: What is wrong.
        range: Where in the text after the rewrite, or None if it is in another document.
        text: The text of that other document.
        at: The place in it.
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
        facts: Fewer or weaker facts; unchanged if no cause was found.
        causes: For each key with changed facts, the indexes of the findings that caused it.
        contradicted: The facts that were left out, each as a definition's key and a part of it.
    """

    facts: Facts
    causes: Mapping[str, tuple[int, ...]]
    contradicted: tuple[tuple[str, str], ...] = ()
