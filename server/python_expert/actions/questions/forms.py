"""The forms of questions and answers, used by the server and the worker process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Call(NamedTuple):
    """A blocking call that a question numbers.

    Attributes:
        line: The call's 0-based line, counted from the first line of its function, decorators
            included.
        column: The call's 0-based column, in code points.
        offers: The replacements to choose from, the best first.
    """

    line: int
    column: int
    offers: tuple[str, ...]


class Question(NamedTuple):
    """The question for a model about one definition.

    Attributes:
        key: The definition's key, which the answer must repeat.
        text: The question.
        calls: The calls that the question numbers, from 1.
        is_class: Whether the definition is a class.
    """

    key: str
    text: str
    calls: tuple[Call, ...] = ()
    is_class: bool = False


class AnswerError(Exception):
    """An answer does not fit the question; the message gives the reason."""


TEXT: Final = {"type": "string"}
TEXTS: Final = {"type": "array", "items": TEXT}

_LONGEST_NAME: Final = 200
_LONGEST_QUOTE: Final = 60
_RECEIVERS: Final = {"self", "cls"}


def form(required: str, **properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON schema of an answer about one definition, for structured output.

    Args:
        required: The property that an answer must have, in addition to the definition's name.
        properties: The properties: `TEXT`, `TEXTS` or a boolean.
    """
    return {
        "type": "object",
        "properties": {"function": TEXT, **properties},
        "required": ["function", required],
        "additionalProperties": False,
    }


def entries(answer: Mapping[str, Any], field: str) -> dict[str, str]:
    """Return the entries ``name: text`` of a field, except empty entries and those for ``self``."""
    found: dict[str, str] = {}
    for entry in answer.get(field, ()):
        name, colon, text = (part.strip() for part in entry.partition(":"))
        name = name.lstrip("*")
        if not colon or not name or len(name) > _LONGEST_NAME:
            text = f'the model\'s answer has an entry in {field} that is not "name: text"'
            raise AnswerError(f"{text}: {short(entry)}")
        if found.get(name, text) != text:
            raise AnswerError(f"the model's answer has two entries in {field} for {short(name)}")
        if text and name not in _RECEIVERS:
            found[name] = text
    return found


def short(text: str) -> str:
    """Return a part of an answer, shortened and without control characters."""
    text = "".join(each if each.isprintable() else " " for each in text)
    text = " ".join(text.split())
    return repr(text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…")
