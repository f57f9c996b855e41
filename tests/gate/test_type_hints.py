"""The gate for type hints refuses whatever is more than type hints, and accepts those."""

from __future__ import annotations

import pytest

from python_expert.gate.verdict import Status
from tests.gate.type_hints import OTHER_WRONG, RIGHT, Case, counts, status, wrong


@pytest.mark.parametrize("case", wrong(), ids=lambda case: case.name)
def test_what_is_more_than_type_hints_is_not_accepted(case: Case) -> None:
    assert status(case) is not Status.ACCEPTED


@pytest.mark.parametrize("case", RIGHT, ids=lambda case: case.name)
def test_type_hints_alone_are_accepted(case: Case) -> None:
    assert status(case) is Status.ACCEPTED


def test_where_a_program_reads_annotations_the_user_is_asked() -> None:
    asked = {case.name for case in OTHER_WRONG if status(case) is Status.CONFIRM}
    assert asked == {
        "a route",
        "a route's result",
        "a command",
        "a registered function",
        "a dependency",
        "a function that looks hints up",
        "strings for who knows whom",
        "a field of who knows whom",
    }


def test_all_are_counted() -> None:
    refused, accepted = counts()
    assert refused == len(wrong())
    assert refused >= 120
    assert accepted == len(RIGHT)
