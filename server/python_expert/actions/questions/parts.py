"""The parts of a question, and the selection of those that fit into a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from python_expert.actions.questions.prompts import fence
from python_expert.actions.questions.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.actions.questions.forms import Call


class Part(NamedTuple):
    """Data from the project, with a title.

    Attributes:
        title: The title.
        lines: The data, the most useful first.
        is_code: Whether the data is Python code.
    """

    title: str
    lines: tuple[str, ...]
    is_code: bool = True

    @property
    def text(self) -> str:
        """The title with the data between fences."""
        data = fence("\n".join(self.lines), "python" if self.is_code else "")
        return f"{self.title}:\n\n{data}"


class QuestionParts(NamedTuple):
    """The parts of a question about one definition.

    Attributes:
        code: The definition's own code.
        asked: The request itself.
        more: Further context, the most useful first.
        calls: The calls that are numbered in the request.
    """

    code: str
    asked: Part
    more: tuple[Part, ...] = ()
    calls: tuple[Call, ...] = ()


class UnaskableError(Exception):
    """Nothing can be asked about a definition; the message gives the reason."""


def fitting(parts: Iterable[Part], limit: int) -> list[str]:
    """Return the texts of parts that fit into a limit; the least useful parts are left out.

    Args:
        parts: The parts, the most useful first.
        limit: The total limit in tokens.
    """
    found = []
    for part in parts:
        kept: list[str] = []
        for line in part.lines:
            if tokens(part._replace(lines=(*kept, line)).text) + 1 > limit:
                break
            kept.append(line)
        if kept:
            found.append(part._replace(lines=tuple(kept)).text)
            limit -= tokens(found[-1]) + 1
    return found
