"""The gate for conversions to async refuses whatever is more or less than one."""

from __future__ import annotations

import pytest

from python_expert.actions.base import Options
from python_expert.actions.convert_to_async.proof import prove
from python_expert.analysis.source import Source
from python_expert.gate.verdict import Status
from tests.gate.async_blocks import BLOCKS_APART, BLOCKS_ASKED
from tests.gate.async_bound import BOUND_ASKED
from tests.gate.async_callers import CALLERS_TOLD_RIGHT, CALLERS_TOLD_WRONG
from tests.gate.async_hidden import ASKED
from tests.gate.async_indirect import INDIRECT_ASKED
from tests.gate.async_library import LIBRARY_ASKED
from tests.gate.async_other_files import OTHER_FILES_ASKED, OTHER_FILES_TOLD_WRONG
from tests.gate.async_quiet import (
    ELEMENTS_ASKED,
    IMPORTED_ASKED,
    LOOKED_UP_ASKED,
    QUIET,
    SECOND_NAMES_ASKED,
)
from tests.gate.async_shared import SHARED_ASKED
from tests.gate.async_splits import SPLITS_ASKED
from tests.gate.async_tasks import CANCELLED, DUMPED_APART, LIVE_ASKED, TASKS_APART, TASKS_ASKED
from tests.gate.async_ways import WAYS_ASKED
from tests.gate.to_async import AFTER, BEFORE, counts, offline, right, status, wrong
from tests.gate.to_async_case import Case

pytestmark = pytest.mark.fast


@pytest.mark.parametrize("case", wrong(), ids=lambda case: case.name)
def test_what_is_not_a_conversion_is_refused(case: Case) -> None:
    assert status(case) is Status.REFUSED


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        *ASKED,
        *SHARED_ASKED,
        *BOUND_ASKED,
        *INDIRECT_ASKED,
        *TASKS_ASKED,
        *LIVE_ASKED,
        *WAYS_ASKED,
        *BLOCKS_ASKED,
        *LIBRARY_ASKED,
        *SPLITS_ASKED,
        *OTHER_FILES_ASKED,
        *IMPORTED_ASKED,
        *LOOKED_UP_ASKED,
        *ELEMENTS_ASKED,
        *SECOND_NAMES_ASKED,
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_what_may_be_wrong_is_asked_with_its_reason(case: Case, reason: str) -> None:
    verdict = prove(Source.of(case.before), Source.of(case.after), case.options)
    assert verdict.status is Status.CONFIRM
    assert reason in {each.message for each in verdict.reasons}


def test_blocking_calls_after_a_split_function_keep_their_line() -> None:
    case = next(each for each, _ in SPLITS_ASKED if each.name == "split: what blocks behind it")
    verdict = prove(Source.of(case.before), Source.of(case.after), case.options)
    [told] = [each for each in verdict.reasons if "still blocks" in each.message]
    line = case.after.splitlines()[told.line]
    assert line[told.listed_at :].startswith("open(p)")


@pytest.mark.parametrize("case", right(), ids=lambda case: case.name)
def test_conversions_are_accepted(case: Case) -> None:
    """But for what the user has to know of threads and of what blocks."""
    verdict = prove(Source.of(case.before), Source.of(case.after), case.options)
    assert verdict.status is not Status.REFUSED, verdict.reasons
    told = [each.message for each in verdict.reasons]
    known = ("thread", "the event loop", "while an event loop runs")
    assert all(any(word in each for word in known) for each in told), told


@pytest.mark.parametrize("case", QUIET, ids=lambda case: case.name)
def test_where_there_is_no_danger_nothing_is_asked(case: Case) -> None:
    verdict = prove(Source.of(case.before), Source.of(case.after), case.options)
    assert verdict.status is Status.ACCEPTED, verdict.reasons


@pytest.mark.parametrize("case", TASKS_APART, ids=lambda case: case.name)
def test_tasks_without_shared_state_are_asked_about_cancellation_only(case: Case) -> None:
    verdict = prove(Source.of(case.before), Source.of(case.after), case.options)
    assert verdict.status is Status.CONFIRM
    assert [each.message for each in verdict.reasons] == [CANCELLED]


@pytest.mark.parametrize("case", BLOCKS_APART, ids=lambda case: case.name)
def test_what_does_not_block_is_not_told(case: Case) -> None:
    assert status(case) is Status.ACCEPTED


@pytest.mark.parametrize("case", DUMPED_APART, ids=lambda case: case.name)
def test_what_a_thread_has_for_itself_is_not_asked_for(case: Case) -> None:
    verdict = prove(Source.of(case.before), Source.of(case.after), case.options)
    assert verdict.status is Status.CONFIRM
    assert not [each for each in verdict.reasons if "must not change" in each.message]


def test_the_offline_conversion_of_the_whole_is_accepted() -> None:
    for packages in ((), ("aiofiles",), ("anyio",)):
        options = Options(packages=packages)
        after = offline(BEFORE, options)
        assert after != BEFORE
        assert status(Case("offline", BEFORE, after, options)) is Status.ACCEPTED
    assert offline(BEFORE, Options()) == AFTER


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        *((case, Status.ACCEPTED) for case in CALLERS_TOLD_RIGHT),
        *((case, Status.REFUSED) for case in (*CALLERS_TOLD_WRONG, *OTHER_FILES_TOLD_WRONG)),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_types_tell_which_function_of_another_file_is_called(case: Case, expected: Status) -> None:
    verdict = prove(Source.of(case.before), Source.of(case.after), case.options)
    assert verdict.status is expected, verdict.reasons


def test_all_are_counted() -> None:
    refused, accepted = counts()
    print(f"{refused} wrong edits refused, {accepted} right ones accepted")  # noqa: T201 - the test's summary
    assert refused == len(wrong())
    assert refused >= 120
    assert accepted == len(right())
