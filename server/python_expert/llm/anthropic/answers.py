"""How a model's answer becomes facts; an answer that is not exactly one becomes nothing."""

from __future__ import annotations

import ast
import json
import re
import warnings
from typing import TYPE_CHECKING, Any, Final, NoReturn

from python_expert.actions.base import Action
from python_expert.actions.questions.forms import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from python_expert.actions.questions.forms import Question

_FENCED: Final = re.compile(r"```(?:json)?[ \t]*\n(.*)\n[ \t]*```", re.DOTALL)
_NUMBER: Final = re.compile("[1-9][0-9]{0,3}")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LONGEST: Final = 100_000
_LONGEST_IMPORT: Final = 200
_LONGEST_NAME: Final = 200
_LONGEST_QUOTE: Final = 60
_KINDS: Final = {"string": (str, "text"), "array": (list, "a list"), "boolean": (bool, "a boolean")}
_RECEIVERS: Final = {"self", "cls"}


class AnswerError(Exception):
    """An answer is not one to the question; the message says why, for people."""


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
    _check_form(answer, SCHEMAS[action])
    named = answer["function"].strip()
    if named != question.key:
        raise AnswerError(f"the model answered for another function: {_short(named)}")
    return _READERS[action](answer, question)


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
            raise AnswerError(f"{wrong}: nobody asked for {_short(name)}")
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


def _docstring(answer: Mapping[str, Any], _question: Question) -> dict[str, Any]:
    facts = {
        "summary": answer["summary"].strip(),
        **{name: answer.get(name, "").strip() for name in ("details", "returns", "yields")},
        **{name: _pairs(answer, name) for name in ("args", "raises", "attributes")},
    }
    if not any(facts.values()):
        raise AnswerError("the model's answer is empty: it has no words")
    return facts


def _hints(answer: Mapping[str, Any], question: Question) -> dict[str, Any]:
    types = _pairs(answer, "types")
    if not types:
        raise AnswerError("the model's answer is empty: it has no types")
    imports: dict[str, dict[str, str]] = {}
    for line in answer.get("imports", ()):
        for each in _imports(line.strip()):
            bound = each.get("alias", each["name"])
            if imports.setdefault(bound, each) != each:
                raise AnswerError(f"the model's answer imports two things as {_short(bound)}")
    found = list(imports.values())
    if question.is_class:
        return {"attributes": types, "imports": found}
    returns = types.pop("return", None)
    return {"params": types, "returns": returns, "imports": found}


def _conversion(answer: Mapping[str, Any], question: Question) -> dict[str, Any]:
    calls = []
    for said, replacement in _pairs(answer, "calls").items():
        number = int(said) if _NUMBER.fullmatch(said) else 0
        if not 1 <= number <= len(question.calls):
            raise AnswerError(f"the model chose for a call that was not asked: {_short(said)}")
        call = question.calls[number - 1]
        if replacement not in call.offers:
            text = f"the model's replacement for call {number} was not offered"
            raise AnswerError(f"{text}: {_short(replacement)}")
        calls.append({"line": call.line, "column": call.column, "replacement": replacement})
    return {"convert": answer["convert"], "calls": calls if answer["convert"] else []}


_READERS: Final[dict[Action, Callable[[Mapping[str, Any], Question], dict[str, Any]]]] = {
    Action.ADD_DOCSTRINGS: _docstring,
    Action.ADD_TYPE_HINTS: _hints,
    Action.CONVERT_TO_ASYNC: _conversion,
}


def _pairs(answer: Mapping[str, Any], field: str) -> dict[str, str]:
    """The entries ``name: text`` of a field; those of ``self`` say nothing, nor do empty ones."""
    found: dict[str, str] = {}
    for entry in answer.get(field, ()):
        name, colon, text = (part.strip() for part in entry.partition(":"))
        name = name.lstrip("*")
        if not colon or not name or len(name) > _LONGEST_NAME:
            text = f'the model\'s answer has an entry in {field} that is not "name: text"'
            raise AnswerError(f"{text}: {_short(entry)}")
        if name in found:
            raise AnswerError(f"the model's answer has two entries in {field} for {_short(name)}")
        if text and name not in _RECEIVERS:
            found[name] = text
    return found


def _imports(line: str) -> list[dict[str, str]]:
    """The names that a line imports.

    Raises:
        AnswerError: It is not a statement that names each of them.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = _parsed(line).body if len(line) <= _LONGEST_IMPORT else []
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        body = []
    found = []
    match body:
        case [ast.ImportFrom(module=module, names=names, level=level)]:
            found = [_imported("." * level + (module or ""), each.name, each) for each in names]
        case [ast.Import(names=[ast.alias(name=name, asname=str()) as alias])] if "." in name:
            package, _, module = name.rpartition(".")
            found = [_imported(package, module, alias)]
    if not found or any(each["name"] == "*" for each in found):
        text = 'the model\'s answer has an import that is not "from module import Name"'
        raise AnswerError(f"{text}: {_short(line)}")
    return found


def _parsed(line: str) -> ast.Module:
    # Before Python 3.14 `ast.parse` takes what there is not in `__future__`.
    compile(line, "<import>", "exec", dont_inherit=True)
    return ast.parse(line)


def _imported(module: str, name: str, alias: ast.alias) -> dict[str, str]:
    renamed = {"alias": alias.asname} if alias.asname and alias.asname != name else {}
    return {"module": module, "name": name, **renamed}


def _short(text: str) -> str:
    """A piece of an answer, short and harmless enough to be shown."""
    text = "".join(each if each.isprintable() else " " for each in text)
    text = " ".join(text.split())
    return repr(text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…")
