"""The interface by which the pipeline asks an action which proposals caused new findings."""

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
        message: The tool's message.
        range: The place in the text after the rewrite, or None if the finding is in another
            document.
        text: The text of the other document.
        at: The place in the other document.
    """

    tool: str
    code: str
    message: str
    range: Range | None
    text: str = ""
    at: Range | None = None


class Attribution(NamedTuple):
    """The proposals that have caused findings.

    Attributes:
        facts: Fewer or weaker facts; unchanged if no cause was found.
        causes: For each key with changed facts, the indexes of the findings that caused the change.
        contradicted: The facts that were left out, each as a definition's key and a part of it.
    """

    facts: Facts
    causes: Mapping[str, tuple[int, ...]]
    contradicted: tuple[tuple[str, str], ...] = ()
