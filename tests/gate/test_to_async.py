"""The gate for conversions to async refuses whatever is more or less than one."""

from __future__ import annotations

import pytest

from python_expert.gate.verdict import Status
from tests.gate.to_async import AFTER, BEFORE, Case, counts, offline, right, status, wrong


@pytest.mark.parametrize("case", wrong(), ids=lambda case: case.name)
def test_what_is_no_conversion_is_refused(case: Case) -> None:
    assert status(case) is Status.REFUSED


@pytest.mark.parametrize("case", right(), ids=lambda case: case.name)
def test_conversions_are_accepted(case: Case) -> None:
    assert status(case) is Status.ACCEPTED


def test_the_offline_conversion_is_the_right_one() -> None:
    assert offline(BEFORE).replace("async with aiofiles.open", "") != BEFORE
    assert status(Case("offline", BEFORE, offline(BEFORE))) is Status.ACCEPTED
    assert AFTER != BEFORE


def test_all_are_counted() -> None:
    refused, accepted = counts()
    print(f"{refused} wrong edits refused, {accepted} right ones accepted")
    assert refused == len(wrong())
    assert refused >= 120
    assert accepted == len(right())
