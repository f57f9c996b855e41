"""How a model's answer becomes facts; an answer that is not exactly one becomes nothing."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from python_expert.actions.questions.forms import AnswerError, short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_expert.actions.base import Action
    from python_expert.actions.questions.forms import Question

_FENCED: Final = re.compile(r"```(?:json)?[ \t]*\n(.*)\n[ \t]*```", re.DOTALL)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LONGEST: Final = 100_000
_KINDS: Final = {"string": (str, "text"), "array": (list, "a list"), "boolean": (bool, "a boolean")}


def facts_of(action: Action, question: Question, text: str, blocks: int = 1) -> dict[str, Any]:
    """Read the facts out of an answer.

    Args:
        action: The rewrite.
        question: What was asked.
        text: The answer.
        blocks: How many blocks of text the reply had.

    Returns:
        One definition's facts in the form of the rewrite's schema.

    Raises:
        AnswerError: The answer is none, more than one, for another function, or not of the form.
    """
    if blocks > 1:
        raise AnswerError("the model gave two answers where one was asked for")
    if len(text) > _LONGEST:
        raise AnswerError("the model's answer is longer than any that was asked for")
    answer = _read(text)
    _check_form(answer, action.form)
    named = answer["function"].strip()
    if named != question.key:
        raise AnswerError(f"the model answered for another function: {short(named)}")
    return action.read(answer, question)


def _read(text: str) -> dict[str, Any]:
    """The one JSON object that an answer is."""
    text = text.strip()
    if fenced := _FENCED.fullmatch(text):
        text = fenced[1].strip()
    if not text:
        raise AnswerError("the model's answer is empty")
    if not text.startswith("{"):
        if "{" in text and _object_in(text[text.index("{") :]) is not None:
            raise AnswerError("the model put prose around its answer")
        raise AnswerError("the model answered in prose, not in JSON")
    found = _object_in(text)
    if found is None:
        raise AnswerError("the model's answer is not valid JSON; it may be cut off")
    answer, rest = found
    if rest.lstrip(", \t\r\n").startswith("{"):
        raise AnswerError("the model gave two answers where one was asked for")
    if rest.strip():
        raise AnswerError("the model put prose around its answer")
    return answer


def _object_in(text: str) -> tuple[dict[str, Any], str] | None:
    """The JSON object that a text starts with, and what follows it."""
    decoder = json.JSONDecoder(object_pairs_hook=_distinct, parse_constant=_no_number)
    try:
        answer, end = decoder.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return answer, text[end:]


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise AnswerError("the model's answer has a field twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _check_form(answer: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Make sure that an answer has the form asked for, also where the endpoint does not.

    Raises:
        AnswerError: It has not; the message names the field.
    """
    wrong = "the model's answer is not of the form asked for"
    properties = schema["properties"]
    for name in answer:
        if name not in properties:
            raise AnswerError(f"{wrong}: nobody asked for {short(name)}")
    for name in schema["required"]:
        if name not in answer:
            raise AnswerError(f"{wrong}: {name} is missing")
    for name, value in answer.items():
        kind, called = _KINDS[properties[name]["type"]]
        if not isinstance(value, kind):
            raise AnswerError(f"{wrong}: {name} is not {called}")
        for each in value if isinstance(value, list) else [value]:
            if kind is list and not isinstance(each, str):
                raise AnswerError(f"{wrong}: {name} has something in it that is not text")
            if isinstance(each, str) and _SURROGATE.search(each):
                raise AnswerError(f"{wrong}: {name} has characters that no file can hold")
