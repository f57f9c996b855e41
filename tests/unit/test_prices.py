"""The cost that is reported for a rewrite, with prices and cached tokens."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from python_expert.llm.anthropic.prices import (
    CACHE_MINIMA,
    PRICES,
    PRICES_AS_OF,
    cache_minimum,
    cost_of,
    describe,
)
from python_expert.llm.usage import Usage

MILLION = 1_000_000
ALL = Usage(MILLION, MILLION, MILLION, MILLION)


class Rates(NamedTuple):
    """The prices of a model, as settings contain them."""

    input: float
    output: float


@pytest.mark.parametrize(
    ("model", "dollars"),
    [
        ("claude-sonnet-5-5", 2 + 10 + 0.1 + 2.5),
        ("claude-sonnet-5", 2 + 10 + 0.2 + 2.5),
        ("claude-haiku-4-5-20251001", 1 + 5 + 0.1 + 1.25),
        ("claude-opus-4-0", 15 + 75 + 1.5 + 18.75),
        ("claude-fable-5-1", 10 + 50 + 0.25 + 12.5),
    ],
)
def test_the_cost_follows_the_price_list(model: str, dollars: float) -> None:
    assert cost_of(model, ALL, {}) == pytest.approx(dollars)
    assert describe(model, {}) == f"list prices as of {PRICES_AS_OF:%Y-%m-%d}"


@pytest.mark.parametrize("model", ["qwen3-coder", "claude-sonnet-9", "claude-opus-5-7", ""])
def test_an_unknown_price_is_not_guessed(model: str) -> None:
    assert cost_of(model, ALL, {}) is None
    assert "llm.prices sets one" in describe(model, {})
    assert cache_minimum(model) == 4096


def test_prices_in_the_settings_have_precedence() -> None:
    mine = {"claude-opus-5": Rates(1, 2), "qwen3-coder": Rates(0, 0)}
    assert cost_of("claude-opus-5", Usage(MILLION, MILLION), mine) == pytest.approx(3)
    assert cost_of("qwen3-coder", ALL, mine) == 0
    assert describe("qwen3-coder", mine) == "prices from your settings"


def test_each_model_has_only_one_name_in_the_price_list() -> None:
    assert CACHE_MINIMA.keys() <= PRICES.keys()
    assert cache_minimum("claude-sonnet-5-5") == 512
    assert cache_minimum("claude-sonnet-4-5-20250929") == 1024
