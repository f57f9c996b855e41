"""The corpora as edits that a model makes."""

from __future__ import annotations

import ast
from pathlib import PurePath
from typing import TYPE_CHECKING

from python_expert.gate.verdict import Status
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC
from tests.gate import contradicted, docstrings, to_async, type_hints
from tests.gate.replay import ModelEdit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.actions.base import Action
    from tests.gate.to_async_case import Case


def wrong() -> list[ModelEdit]:
    """Return all wrong edits."""
    contradictions = [
        ModelEdit(
            ADD_TYPE_HINTS.name, f"contradicted {number}", each.before, each.after, tools=True
        )
        for number, each in enumerate(contradicted.CASES)
    ]
    return [
        *_documented(each for each in docstrings.cases() if each.expected is Status.REFUSED),
        *_model_edits(ADD_TYPE_HINTS, type_hints.wrong()),
        *_model_edits(CONVERT_TO_ASYNC, to_async.wrong()),
        *contradictions,
    ]


def right() -> list[ModelEdit]:
    """Return all right edits, including those that need a confirmation."""
    return [
        *_documented(each for each in docstrings.cases() if each.expected is not Status.REFUSED),
        *_model_edits(ADD_TYPE_HINTS, type_hints.RIGHT),
        *_model_edits(CONVERT_TO_ASYNC, to_async.right()),
    ]


def _documented(cases: Iterable[docstrings.Case]) -> list[ModelEdit]:
    return [
        ModelEdit(
            ADD_DOCSTRINGS.name,
            each.name,
            each.before,
            each.after,
            complete=_is_documented(each.before),
        )
        for each in cases
    ]


def _is_documented(text: str) -> bool:
    """Return whether the first definition of a text has a docstring, which the edit completes."""
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return False
    return bool(body) and isinstance(body[0], ast.FunctionDef) and bool(ast.get_docstring(body[0]))


def _model_edits(action: Action, cases: Iterable[type_hints.Case | Case]) -> list[ModelEdit]:
    return [
        ModelEdit(
            action.name,
            each.name,
            each.before,
            each.after,
            suffix=PurePath(each.options.path or "a.py").suffix,
            python=each.options.python,
            packages=each.options.packages,
        )
        for each in cases
        if not each.options.converted  # a model's answer has no facts about other files
    ]
