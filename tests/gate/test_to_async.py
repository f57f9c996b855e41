"""The gate refuses each edit that is not exactly a conversion to async."""

from __future__ import annotations

import pytest

from python_expert.actions.base import Options
from python_expert.actions.convert_to_async.proof import prove
from python_expert.analysis.source import Source
from python_expert.gate.verdict import Status
from tests.gate.async_blocks import BLOCKS_NOT_BLOCKING, BLOCKS_TO_CONFIRM
from tests.gate.async_bound import BOUND_TO_CONFIRM
from tests.gate.async_callers import CALLERS_TYPED_RIGHT, CALLERS_TYPED_WRONG
from tests.gate.async_hidden import HIDDEN_TO_CONFIRM
from tests.gate.async_indirect import INDIRECT_TO_CONFIRM
from tests.gate.async_library import LIBRARY_TO_CONFIRM
from tests.gate.async_other_files import OTHER_FILES_TO_CONFIRM, OTHER_FILES_TYPED_WRONG
from tests.gate.async_quiet import (
    ELEMENTS_TO_CONFIRM,
    IMPORTED_TO_CONFIRM,
    LOOKED_UP_TO_CONFIRM,
    QUIET,
    SECOND_NAMES_TO_CONFIRM,
)
from tests.gate.async_shared import SHARED_TO_CONFIRM
from tests.gate.async_splits import SPLITS_TO_CONFIRM
from tests.gate.async_tasks import (
    CANCELLED,
    DUMPED_NOT_SHARED,
    LIVE_TO_CONFIRM,
    TASKS_ONLY_CANCELLED,
    TASKS_TO_CONFIRM,
)
from tests.gate.async_ways import WAYS_TO_CONFIRM
from tests.gate.to_async import AFTER, BEFORE, counts, offline, right, status, wrong
from tests.gate.to_async_case import Case

pytestmark = pytest.mark.fast


@pytest.mark.parametrize("case", wrong(), ids=lambda case: case.name)
def test_wrong_conversions_are_refused(case: Case) -> None:
    assert status(case) is Status.REFUSED


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        *HIDDEN_TO_CONFIRM,
        *SHARED_TO_CONFIRM,
        *BOUND_TO_CONFIRM,
        *INDIRECT_TO_CONFIRM,
        *TASKS_TO_CONFIRM,
        *LIVE_TO_CONFIRM,
        *WAYS_TO_CONFIRM,
        *BLOCKS_TO_CONFIRM,
        *LIBRARY_TO_CONFIRM,
        *SPLITS_TO_CONFIRM,
        *OTHER_FILES_TO_CONFIRM,
        *IMPORTED_TO_CONFIRM,
        *LOOKED_UP_TO_CONFIRM,
        *ELEMENTS_TO_CONFIRM,
        *SECOND_NAMES_TO_CONFIRM,
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_doubtful_conversions_need_a_confirmation_with_the_reason(case: Case, reason: str) -> None:
    verdict = prove(Source.of(case.before), Source.of(case.after), case.options)
    assert verdict.status is Status.CONFIRM
    assert reason in {each.message for each in verdict.reasons}


def test_blocking_calls_after_a_split_function_keep_their_line() -> None:
    case = next(
        each for each, _ in SPLITS_TO_CONFIRM if each.name == "split: what blocks behind it"
    )
    verdict = prove(Source.of(case.before), Source.of(case.after), case.options)
    [messages] = [each for each in verdict.reasons if "still blocks" in each.message]
    line = case.after.splitlines()[messages.line]
    assert line[messages.listed_at :].startswith("open(p)")


@pytest.mark.parametrize("case", right(), ids=lambda case: case.name)
def test_conversions_are_accepted(case: Case) -> None:
    """Apart from messages about threads and about blocking calls."""
    verdict = prove(Source.of(case.before), Source.of(case.after), case.options)
    assert verdict.status is not Status.REFUSED, verdict.reasons
    messages = [each.message for each in verdict.reasons]
    expected_words = ("thread", "the event loop", "while an event loop runs")
    assert all(any(word in each for word in expected_words) for each in messages), messages


@pytest.mark.parametrize("case", QUIET, ids=lambda case: case.name)
def test_safe_conversions_need_no_confirmation(case: Case) -> None:
    verdict = prove(Source.of(case.before), Source.of(case.after), case.options)
    assert verdict.status is Status.ACCEPTED, verdict.reasons


@pytest.mark.parametrize("case", TASKS_ONLY_CANCELLED, ids=lambda case: case.name)
def test_tasks_without_shared_state_need_a_confirmation_about_cancellation_only(case: Case) -> None:
    verdict = prove(Source.of(case.before), Source.of(case.after), case.options)
    assert verdict.status is Status.CONFIRM
    assert [each.message for each in verdict.reasons] == [CANCELLED]


@pytest.mark.parametrize("case", BLOCKS_NOT_BLOCKING, ids=lambda case: case.name)
def test_calls_that_do_not_block_are_not_reported(case: Case) -> None:
    assert status(case) is Status.ACCEPTED


@pytest.mark.parametrize("case", DUMPED_NOT_SHARED, ids=lambda case: case.name)
def test_objects_of_one_thread_need_no_confirmation(case: Case) -> None:
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
        *((case, Status.ACCEPTED) for case in CALLERS_TYPED_RIGHT),
        *((case, Status.REFUSED) for case in (*CALLERS_TYPED_WRONG, *OTHER_FILES_TYPED_WRONG)),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_types_show_which_function_of_another_file_is_called(case: Case, expected: Status) -> None:
    verdict = prove(Source.of(case.before), Source.of(case.after), case.options)
    assert verdict.status is expected, verdict.reasons


def test_all_are_counted() -> None:
    refused, accepted = counts()
    print(f"{refused} wrong edits refused, {accepted} right ones accepted")  # noqa: T201 - the test's summary
    assert refused == len(wrong())
    assert refused >= 120
    assert accepted == len(right())
