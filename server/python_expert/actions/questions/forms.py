"""The forms of a question and of its answer, for both sides of the worker's wire."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from python_expert.actions.base import Action


class Call(NamedTuple):
    """A blocking call that a question numbers.

    Attributes:
        line: Its 0-based line, counted from the first line of its function, decorators included.
        column: Its 0-based column, in code points.
        offers: The replacements to choose from, the best first.
    """

    line: int
    column: int
    offers: tuple[str, ...]


class Question(NamedTuple):
    """What a model is asked of one definition.

    Attributes:
        key: The definition's key, which the answer has to name.
        text: The question.
        calls: The calls that it numbers, from 1.
        is_class: Whether the definition is a class.
    """

    key: str
    text: str
    calls: tuple[Call, ...] = ()
    is_class: bool = False


_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "array", "items": _TEXT}


def _object(required: str, **properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"function": _TEXT, **properties},
        "required": ["function", required],
        "additionalProperties": False,
    }


SCHEMAS: Final[dict[Action, dict[str, Any]]] = {
    Action.ADD_DOCSTRINGS: _object(
        "summary",
        summary=_TEXT,
        details=_TEXT,
        args=_TEXTS,
        returns=_TEXT,
        yields=_TEXT,
        raises=_TEXTS,
        attributes=_TEXTS,
    ),
    Action.ADD_TYPE_HINTS: _object("types", types=_TEXTS, imports=_TEXTS),
    Action.CONVERT_TO_ASYNC: _object("convert", convert={"type": "boolean"}, calls=_TEXTS),
}
"""The JSON schema of the answer for structured output: fixed, so that it is compiled once."""
