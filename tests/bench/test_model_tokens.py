"""A model's answers are short, and so is the text sent in addition to the function."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import pytest

from python_expert.actions.registry import ACTIONS
from python_expert.pipeline.questions import MOST_BESIDE
from tests.bench import model_tokens

if TYPE_CHECKING:
    from pathlib import Path

DOCSTRING, HINTS, _ = ACTIONS


@pytest.mark.one_python
def test_answers_and_the_text_sent_beside_the_function_are_short(tmp_path: Path) -> None:
    found = model_tokens.functions(tmp_path)
    assert len(found) == 100
    for action, limit in ((HINTS, 0.25), (DOCSTRING, 0.50)):
        costs = model_tokens.costs(action, found, tmp_path)
        assert model_tokens.total_share(costs) <= limit
        assert median(each.share for each in costs) <= limit
        assert max(each.beside for each in costs) <= MOST_BESIDE
