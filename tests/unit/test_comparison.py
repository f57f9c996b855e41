"""How often mypy's live findings are compared with those of a full run."""

from __future__ import annotations

import pytest

from python_expert.tools.mypy.comparison import Allowance


class Clock:
    """A clock that a test advances.

    Attributes:
        now: The time in seconds.
    """

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("cost", [0.3, 2.0, 10.0, 60.0])
def test_runs_after_saves_take_at_most_a_twentieth_of_a_core(cost: float) -> None:
    clock, spent = Clock(), 0.0
    allowance = Allowance(clock)
    due = float("inf")
    for second in range(600):
        clock.now = max(clock.now, float(second))
        if second % 60 == 0:
            due = second + allowance.wait_s()
        if second >= due:
            with allowance.spending():
                clock.now += cost
            spent += cost
            due = float("inf")
    assert spent > 0
    assert spent / 600 <= 0.05 or spent == cost  # the cost of the first run cannot be predicted


def test_a_cancelled_run_counts_towards_the_limit() -> None:
    clock = Clock()
    allowance = Allowance(clock)

    def run() -> None:
        with allowance.spending():
            clock.now += 100
            raise TimeoutError

    with pytest.raises(TimeoutError):
        run()
    assert allowance.wait_s() > 60


def test_cheap_runs_are_not_delayed() -> None:
    clock = Clock()
    allowance = Allowance(clock)
    for _ in range(10):
        with allowance.spending():
            clock.now += 0.4
        assert allowance.wait_s() == 0
