"""How a model's answers become facts, and how invalid answers are reported."""

from __future__ import annotations

import contextlib
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_expert.actions.questions.forms import AnswerError, Call, Question
from python_expert.actions.registry import ACTIONS
from python_expert.llm.anthropic.answers import facts_of

if TYPE_CHECKING:
    from python_expert.actions.base import Action

DOCSTRING, HINTS, ASYNC = ACTIONS
CALLS = (
    Call(3, 8, ("asyncio.sleep", "asyncio.to_thread")),
    Call(5, 4, ("asyncio.to_thread",)),
)
QUESTION = Question("Store.load", "...", CALLS)


def _facts(action: Action, *, is_class: bool = False, **answer: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    question = QUESTION._replace(is_class=is_class)
    return facts_of(action, question, json.dumps({"function": "Store.load", **answer}))


def test_an_answer_becomes_a_docstring() -> None:
    facts = _facts(
        DOCSTRING,
        summary=" Load an order. ",
        args=["key: Which one: by number.", "*rest: More.", "self: The store."],
        raises=["errors.Missing: If there is none."],
    )
    assert facts["summary"] == "Load an order."
    assert facts["args"] == {"key": "Which one: by number.", "rest": "More."}
    assert facts["raises"] == {"errors.Missing": "If there is none."}


def test_an_answer_becomes_type_hints() -> None:
    types = ["key: int | str", "fresh: bool", "kind: Literal['a: b']", "return: Order"]
    imports = ["from shop.models import Order as Order", "import os.path as way", "from . import b"]
    assert _facts(HINTS, types=types, imports=imports) == {
        "params": {"key": "int | str", "fresh": "bool", "kind": "Literal['a: b']"},
        "returns": "Order",
        "imports": [
            {"module": "shop.models", "name": "Order"},
            {"module": "os.path", "name": "", "alias": "way"},
            {"module": ".", "name": "b"},
        ],
    }


def test_an_answer_for_a_class_is_about_its_attributes() -> None:
    facts = _facts(HINTS, is_class=True, types=["cache: dict[str, Order]"])
    assert facts == {"attributes": {"cache": "dict[str, Order]"}, "imports": []}


def test_a_name_in_two_modules_is_imported_from_the_first() -> None:
    imports = ["from typing import Self", "from typing_extensions import Self"]
    found = _facts(HINTS, types=["return: Self"], imports=imports)["imports"]
    assert found == [{"module": "typing", "name": "Self"}]


def test_an_answer_becomes_a_conversion() -> None:
    facts = _facts(ASYNC, convert=True, calls=["1: asyncio.to_thread"])
    assert facts == {
        "convert": True,
        "calls": [{"line": 3, "column": 8, "replacement": "asyncio.to_thread"}],
    }
    assert _facts(ASYNC, convert=False, calls=["1: asyncio.sleep"])["calls"] == []


@pytest.mark.parametrize("form", ["  {}\n", "```json\n{}\n```", "```\n{}\n```\n"])
def test_blanks_and_a_fence_around_an_answer_are_accepted(form: str) -> None:
    text = form.replace("{}", json.dumps({"function": "Store.load", "convert": False}))
    assert facts_of(ASYNC, QUESTION, text) == {"convert": False, "calls": []}


GOOD = '{"function": "Store.load", "convert": true}'


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeff{GOOD}",
        f"<think>\nIt blocks {{here}}.\n</think>\n\n{GOOD}",
        f"It blocks; the template has said <think> already.</think>{GOOD}",
        f"<thinking>A draft: {GOOD[:-5]}</thinking>\n```JSON\n{GOOD}\n```",
        f"```json\n{GOOD}\n```\n<think>That is all.</think>",
        GOOD.replace("}", ",\n}"),
        GOOD.replace("}", ', "calls": [],}'),
        GOOD.replace("}", ', "calls": null}'),
        GOOD.replace("}", ', "reason": "It sleeps."}'),
        GOOD.replace("Store.load", "`Store.load()`"),
    ],
)
def test_an_unambiguous_format_error_is_accepted(text: str) -> None:
    assert facts_of(ASYNC, QUESTION, text) == {"convert": True, "calls": []}


def test_a_text_that_looks_like_a_format_error_is_unchanged() -> None:
    summary = "Drop <think>, </think>, and [1,]."
    assert _facts(DOCSTRING, summary=summary, details=None)["summary"] == summary
    text = f'{{"function": "Store.load", "summary": "{summary}",}}'
    assert facts_of(DOCSTRING, QUESTION, text)["summary"] == summary


def test_a_repeated_entry_is_used_once() -> None:
    assert _facts(HINTS, types=["a: int", "a: int"])["params"] == {"a": "int"}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "empty"),
        ("```json\n\n```", "empty"),
        ("I would convert it.", "in prose"),
        ('["function"]', "in prose"),
        (f"Here you are: {GOOD}", "prose around"),
        (f"{GOOD} I hope this helps.", "prose around"),
        (f"{GOOD}\n{GOOD}", "two answers"),
        (f"{GOOD},{GOOD}", "two answers"),
        (f"```json\n{GOOD}\n```\n```json\n{GOOD}\n```", "prose"),
        (GOOD[:-1], "cut off"),
        ('{"convert": NaN}', "cut off"),
        ('{"function": "Store.load", "convert": true, "convert": false}', "twice"),
        ('{"function": "Store.save", "convert": true}', "another function: 'Store.save'"),
        ('{"convert": true}', "function is missing"),
        ('{"function": "Store.load"}', "convert is missing"),
        ('{"function": "Store.load", "convert": "yes"}', "convert is not a boolean"),
        ('{"function": "Store.load", "convert": null}', "convert is missing"),
        ('{"function": "Store.load", "convert": true, "calls": [1]}', "not text"),
        ('{"function": "Store.load", "convert": true, "calls": ["\\ud800"]}', "no file can hold"),
    ],
)
def test_a_text_that_is_not_one_answer_is_rejected_with_the_reason(text: str, error: str) -> None:
    with pytest.raises(AnswerError, match=error):
        facts_of(ASYNC, QUESTION, text)


def test_two_blocks_are_two_answers() -> None:
    with pytest.raises(AnswerError, match="two answers"):
        facts_of(ASYNC, QUESTION, GOOD, blocks=2)


@pytest.mark.parametrize(
    ("action", "answer", "error"),
    [
        (DOCSTRING, {"summary": " "}, "no words"),
        (DOCSTRING, {"summary": "A.", "args": ["key"]}, "not \"name: text\": 'key'"),
        (DOCSTRING, {"summary": "A.", "args": ["a: x", "*a: y"]}, "two entries in args"),
        (HINTS, {"types": []}, "no types"),
        (HINTS, {"types": ["a: "]}, "no types"),
        (HINTS, {"types": ["a: int", "a: str"]}, "two entries in types for 'a'"),
        (HINTS, {"types": ["a: B"], "imports": ["from os import *"]}, "an import that is not"),
        (HINTS, {"types": ["a: B"], "imports": ["from os import a; b()"]}, "an import that is not"),
        (HINTS, {"types": ["a: B"], "imports": ["eval('1')"]}, "an import that is not"),
        (
            HINTS,
            {"types": ["a: B"], "imports": ["from a import B", "from b import B"]},
            "two things",
        ),
        (ASYNC, {"convert": True, "calls": ["3: asyncio.sleep"]}, "not asked: '3'"),
        (ASYNC, {"convert": True, "calls": ["01: asyncio.sleep"]}, "not asked: '01'"),
        (ASYNC, {"convert": True, "calls": ["2: asyncio.sleep"]}, "call 2 was not offered"),
        (ASYNC, {"convert": True, "calls": ["2: os.system"]}, "not offered: 'os.system'"),
    ],
)
def test_an_answer_to_another_question_is_rejected_with_the_reason(
    action: Action, answer: dict[str, Any], error: str
) -> None:
    with pytest.raises(AnswerError, match=error):
        _facts(action, **answer)


_WORDS = st.text(max_size=20) | st.sampled_from(
    ["a: int", "return: str", "1: asyncio.sleep", "from a import b", "A sentence.", "Store.load"]
)
_FIELDS = sorted({name for action in ACTIONS for name in action.form["properties"]})
_LIKELY = st.dictionaries(
    st.sampled_from(_FIELDS), _WORDS | st.booleans() | st.lists(_WORDS, max_size=4)
).map(lambda answer: {"function": "Store.load", **answer})
_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=8,
)
_TEXTS = st.text(max_size=60) | (_LIKELY | _JSON).map(json.dumps)


@pytest.mark.parametrize("action", ACTIONS, ids=str)
@given(text=_TEXTS, is_class=st.booleans())
def test_any_answer_is_rejected_or_becomes_valid_facts(
    action: Action,
    text: str,
    is_class: bool,  # noqa: FBT001 - hypothesis passes it by name
) -> None:
    with contextlib.suppress(AnswerError):
        facts = facts_of(action, QUESTION._replace(is_class=is_class), text)
        action.schema.model_validate(facts)


@pytest.mark.parametrize("text", ["{" * 50_000, '{"a":' * 50_000, '{"a": ' + "9" * 5_000 + "}"])
def test_an_answer_that_is_too_deep_or_too_large_is_rejected(text: str) -> None:
    with pytest.raises(AnswerError):
        facts_of(HINTS, QUESTION, text)


@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_the_schemas_use_only_keywords_of_structured_outputs(action: Action) -> None:
    schema = action.form
    assert schema["additionalProperties"] is False
    assert next(iter(schema["properties"])) == "function"
    assert set(schema["required"]) <= set(schema["properties"])
    for each in schema["properties"].values():
        assert set(each) <= {"type", "items"}


@pytest.mark.parametrize(
    "piece",
    [
        "x",
        "<think>",
        "</think",
        "```\n",
        "\n```",
        '{"a": "x\\"',
        '"',
        '\\"',
        ", ",
        ",\n\t",
        "{",
        "\\",
    ],
)
def test_the_time_to_read_an_invalid_answer_grows_with_its_length_only(piece: str) -> None:
    def seconds(length: int) -> float:
        begin = time.process_time()
        for start in ("", '{"function": "', "```json\n"):
            with contextlib.suppress(AnswerError):
                facts_of(DOCSTRING, QUESTION, (start + piece * length)[:length])
        return time.process_time() - begin

    short, long = (min(seconds(length) for _ in range(3)) for length in (10_000, 90_000))
    # Nine times as long; with a search at each character the time would be 81 times as long.
    assert long < 30 * short + 0.05, (short, long)
