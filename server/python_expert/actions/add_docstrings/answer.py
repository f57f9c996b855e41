"""Converts a model's answer to facts: the text of a docstring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from python_expert.actions.questions.forms import AnswerError, entries

if TYPE_CHECKING:
    from collections.abc import Mapping


def facts_of(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts in an answer; see `Action.read`."""
    facts = {
        "summary": answer["summary"].strip(),
        "details": answer.get("details", "").rstrip(),  # leading indentation marks code
        **{name: answer.get(name, "").strip() for name in ("returns", "yields")},
        **{name: entries(answer, name) for name in ("args", "raises", "attributes")},
    }
    if not any(facts.values()):
        raise AnswerError("the model's answer is empty: it has no words")
    return facts
