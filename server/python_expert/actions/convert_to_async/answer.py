"""Converts a model's answer to facts: whether a function becomes async, and how."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from python_expert.actions.questions.forms import AnswerError, entries, short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_expert.actions.questions.forms import Question


_NUMBER: Final = re.compile("[1-9][0-9]{0,3}")


def facts_of(answer: Mapping[str, Any], question: Question) -> dict[str, Any]:
    """Return the facts in an answer; see `Action.read`."""
    calls = []
    for said, replacement in entries(answer, "calls").items():
        number = int(said) if _NUMBER.fullmatch(said) else 0
        if not 1 <= number <= len(question.calls):
            raise AnswerError(f"the model chose for a call that was not asked: {short(said)}")
        call = question.calls[number - 1]
        if replacement not in call.offers:
            text = f"the model's replacement for call {number} was not offered"
            raise AnswerError(f"{text}: {short(replacement)}")
        calls.append({"line": call.line, "column": call.column, "replacement": replacement})
    return {"convert": answer["convert"], "calls": calls if answer["convert"] else []}
