"""The gate refuses every edit that does more than add docstrings, and no other."""

from __future__ import annotations

import pytest

from python_expert.gate.docstrings import prove
from python_expert.gate.verdict import Reason, Status, Verdict
from python_expert.rewrites.base import Options
from python_expert.rewrites.masking import BrokenError
from python_expert.rewrites.source import Source
from tests.gate.docstrings import Case, cases, counts

CASES = cases()


def judge(case: Case) -> Verdict:
    """The gate's word, as the command gives it for two texts that anybody wrote."""
    try:
        after = Source.of(case.after)
    except BrokenError as error:
        return Verdict.of([Reason(str(error))], [])
    return prove(Source.of(case.before), after, Options())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.expected}: {case.name}")
def test_the_gate_says_what_it_should(case: Case) -> None:
    verdict = judge(case)
    assert verdict.status is case.expected, verdict.reasons
    assert verdict.status is Status.ACCEPTED or all(each.message for each in verdict.reasons)


def test_the_corpus_is_large_enough() -> None:
    wrong, right = counts()
    assert wrong >= 120
    assert right >= 40
    assert all(case.before != case.after for case in CASES if case.expected is Status.REFUSED)
