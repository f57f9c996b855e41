"""Conversion of a model's answer to facts.

Formal errors with a clear meaning are tolerated: a code fence, reasoning next to the answer, a
trailing comma, null for a missing value, an additional field. Any other answer that is not exactly
one JSON object is rejected.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from python_expert.actions.questions.forms import AnswerError, short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_expert.actions.base import Action
    from python_expert.actions.questions.forms import Question

_FENCED: Final = re.compile(r"```(?:json)?[ \t]*\n(.*)\n[ \t]*```", re.DOTALL | re.IGNORECASE)
_THOUGHT_AHEAD: Final = re.compile(r".*?</think(?:ing)?>\s*", re.DOTALL)
_THOUGHT_BEHIND: Final = re.compile(r"<think(?:ing)?>(?:(?!<think).)*</think(?:ing)?>$", re.DOTALL)
# A string that does not end is taken as a whole, too: otherwise each quote in it is tried.
_COMMA_TOO_MANY: Final = re.compile(r'("(?:[^"\\]|\\.)*(?:"|\\?\Z))|,(?=\s*[}\]])', re.DOTALL)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LONGEST: Final = 100_000
_KINDS: Final = {"string": (str, "text"), "array": (list, "a list"), "boolean": (bool, "a boolean")}


def facts_of(action: Action, question: Question, text: str, blocks: int = 1) -> dict[str, Any]:
    """Read the facts from an answer.

    Args:
        action: The rewrite.
        question: The question.
        text: The answer.
        blocks: The number of text blocks in the reply.

    Returns:
        One definition's facts in the form of the rewrite's schema.

    Raises:
        AnswerError: There is no answer or more than one. Or the answer is for another function or
            has another form.
    """
    if blocks > 1:
        raise AnswerError("the model gave two answers where one was asked for")
    if len(text) > _LONGEST:
        raise AnswerError("the model's answer is longer than any that was asked for")
    answer = _formed(_read(text), action.form)
    named = answer["function"].strip()
    if named.strip("`").removesuffix("()") != question.key:
        raise AnswerError(f"the model answered for another function: {short(named)}")
    return action.read(answer, question)


def _read(text: str) -> dict[str, Any]:
    """Return the only JSON object in an answer."""
    text = _THOUGHT_BEHIND.sub("", text.strip().lstrip("\ufeff")).strip()
    if not text.startswith(("{", "```")):
        # Not `sub`, which tries each character as the start: an answer in prose took 20 s.
        ahead = _THOUGHT_AHEAD.match(text)
        text = text[ahead.end() :] if ahead else text
    if fenced := _FENCED.fullmatch(text):
        text = fenced[1].strip()
    if not text:
        raise AnswerError("the model's answer is empty")
    if not text.startswith("{"):
        if "{" in text and _object_in(text[text.index("{") :]) is not None:
            raise AnswerError("the model put prose around its answer")
        raise AnswerError("the model answered in prose, not in JSON")
    found = _object_in(text) or _object_in(_COMMA_TOO_MANY.sub(r"\1", text))
    if found is None:
        raise AnswerError("the model's answer is not valid JSON; it may be cut off")
    answer, rest = found
    if rest.lstrip(", \t\r\n").startswith("{"):
        raise AnswerError("the model gave two answers where one was asked for")
    if rest.strip():
        raise AnswerError("the model put prose around its answer")
    return answer


def _object_in(text: str) -> tuple[dict[str, Any], str] | None:
    """Return the JSON object at the start of a text, and the rest of the text; or None."""
    decoder = json.JSONDecoder(object_pairs_hook=_distinct, parse_constant=_no_number, strict=False)
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


def _formed(answer: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer's fields that the schema has; not every endpoint enforces the schema.

    Raises:
        AnswerError: A field has another form or is missing; the message names it.
    """
    wrong = "the model's answer is not of the form asked for"
    properties = schema["properties"]
    found = {name: answer[name] for name in properties if answer.get(name) is not None}
    for name in schema["required"]:
        if name not in found:
            raise AnswerError(f"{wrong}: {name} is missing")
    for name, value in found.items():
        kind, called = _KINDS[properties[name]["type"]]
        if not isinstance(value, kind):
            raise AnswerError(f"{wrong}: {name} is not {called}")
        for each in value if isinstance(value, list) else [value]:
            if kind is list and not isinstance(each, str):
                raise AnswerError(f"{wrong}: {name} has something in it that is not text")
            if isinstance(each, str) and _SURROGATE.search(each):
                raise AnswerError(f"{wrong}: {name} has characters that no file can hold")
    return found
