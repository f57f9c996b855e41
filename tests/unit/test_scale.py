"""Which test runs are long ones."""

from __future__ import annotations

import pytest

from tests.scale import asks_for_long


@pytest.mark.parametrize("expression", ["long", "long and not e2e", "fast or long"])
def test_a_run_that_selects_long_tests_is_long(expression: str) -> None:
    assert asks_for_long(expression)


@pytest.mark.parametrize("expression", ["", "fast", "not long", "not e2e and not one_python"])
def test_any_other_run_is_not(expression: str) -> None:
    assert not asks_for_long(expression)
