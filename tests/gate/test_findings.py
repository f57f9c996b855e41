"""The tools refute type hints that have a valid structure and that a use contradicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from python_expert.gate.verdict import Status
from tests.actions import ADD_TYPE_HINTS
from tests.gate import folders
from tests.gate.contradicted import CASES
from tests.gate.texts import code

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.cli.judged import Judged

pytestmark = pytest.mark.fast

LAX = code("""
    [tool.mypy]
    [tool.ruff.lint]
    select = ["E9"]
    """)
STRICT = code("""
    [tool.mypy]
    strict = true
    [tool.ruff.lint]
    select = ["E9"]
    """)


def judged(
    folder: Path, before: dict[str, str], after: dict[str, str], config: str = STRICT
) -> dict[str, Judged]:
    """Return the gate's verdicts on pairs of texts by name."""
    return folders.judged(folder, ADD_TYPE_HINTS, before, after, config)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Judged]:
    """The gate's verdicts on all cases, judged in one run because mypy starts slowly."""
    before = {f"case_{number}.py": case.before for number, case in enumerate(CASES)}
    after = {f"case_{number}.py": case.after for number, case in enumerate(CASES)}
    return judged(tmp_path_factory.mktemp("contradicted"), before, after)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_hint_that_a_use_contradicts_is_refused(answers: dict[str, Judged], number: int) -> None:
    answer = answers[f"case_{number}.py"]
    assert answer.status is Status.REFUSED, CASES[number].after
    assert "mypy would find" in answer.reasons[0].message


def test_a_right_hint_in_one_file_that_another_contradicts_is_refused(tmp_path: Path) -> None:
    shop = code("""
        def total(prices):
            return sum(prices)
        """)
    hinted = shop.replace("(prices)", "(prices: list[int])", 1)
    till = code("""
        from shop import total


        def main() -> None:
            total('abc')
        """)
    same = {"till.py": till}
    answers = judged(tmp_path, {"shop.py": shop, **same}, {"shop.py": hinted, **same})
    assert answers["shop.py"].status is Status.REFUSED
    assert "till.py" in answers["shop.py"].reasons[0].message


def test_right_hints_are_accepted(tmp_path: Path) -> None:
    before = code("""
        def total(prices, factor=1):
            return sum(prices) * factor


        total([1])
        """)
    after = before.replace("prices, factor=1)", "prices: list[int], factor: int = 1) -> int")
    assert judged(tmp_path, {"a.py": before}, {"a.py": after})["a.py"].status is Status.ACCEPTED


@pytest.mark.parametrize(
    ("before", "old", "new"),
    [
        (
            code("""
            def f(text):
                return len(text) + text
            """),
            "(text)",
            "(text: str)",
        ),
        (
            code("""
            def f(n):
                import nowhere
                return n
            """),
            "(n)",
            "(n: int) -> int",
        ),
    ],
)
def test_a_right_hint_that_uncovers_an_old_error_is_accepted(
    tmp_path: Path, before: str, old: str, new: str
) -> None:
    after = before.replace(old, new, 1)
    status = judged(tmp_path, {"a.py": before}, {"a.py": after}, LAX)["a.py"].status
    # The first error is about the type itself. The second one would appear with any type.
    assert status is (Status.REFUSED if "text" in before else Status.ACCEPTED)
