"""Prices of tokens, and the length from which prompts are cached.

The numbers are from the service's pricing and prompt caching pages (platform.claude.com/docs,
"Pricing" and "Prompt caching") at the date below. A model with unknown numbers has no entry.
Numbers are never guessed from a related model.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_expert.llm.usage import Usage

PRICES_AS_OF = date(2026, 10, 24)
"""The date of the prices below."""

CACHE_WRITE = 1.25
"""The price of writing a token to the cache, as a multiple of reading it uncached."""

CACHE_READ = 0.1
"""The price of reading a token from the cache for most models, as the same multiple."""


class Rates(Protocol):
    """The prices in the settings, in US dollars per million tokens."""

    @property
    def input(self) -> float:
        """The price of uncached input tokens."""

    @property
    def output(self) -> float:
        """The price of output tokens."""


class ModelPrice(NamedTuple):
    """A model's prices.

    Attributes:
        input: US dollars per million uncached input tokens.
        output: US dollars per million output tokens.
        cached: The price of reading a token from the cache, as a multiple of reading it uncached.
    """

    input: float
    output: float
    cached: float = CACHE_READ


PRICES = {
    "claude-fable-5-1": ModelPrice(10, 50, 0.025),
    "claude-mythos-5-1": ModelPrice(10, 50, 0.025),
    "claude-fable-5": ModelPrice(10, 50),
    "claude-mythos-5": ModelPrice(10, 50),
    "claude-opus-5-5": ModelPrice(4, 20, 0.05),
    "claude-opus-5": ModelPrice(5, 25),
    "claude-opus-4-8": ModelPrice(5, 25),
    "claude-opus-4-7": ModelPrice(5, 25),
    "claude-opus-4-6": ModelPrice(5, 25),
    "claude-opus-4-5": ModelPrice(5, 25),
    "claude-opus-4-1": ModelPrice(15, 75),
    "claude-opus-4": ModelPrice(15, 75),
    "claude-sonnet-5-5": ModelPrice(2, 10, 0.05),
    "claude-sonnet-5": ModelPrice(2, 10),
    "claude-sonnet-4-6": ModelPrice(3, 15),
    "claude-sonnet-4-5": ModelPrice(3, 15),
    "claude-sonnet-4": ModelPrice(3, 15),
    # Prompts of more than 100,000 tokens cost five times as much; ours are never that long.
    "claude-haiku-5-5": ModelPrice(0.1, 0.5),
    "claude-haiku-4-5": ModelPrice(1, 5),
    "claude-3-5-haiku": ModelPrice(0.8, 4),
}
"""Prices by model, without the date at the end of a snapshot's name."""

CACHE_MINIMA = {
    "claude-fable-5-1": 512,
    "claude-mythos-5-1": 512,
    "claude-fable-5": 512,
    "claude-mythos-5": 512,
    "claude-opus-5-5": 512,
    "claude-opus-5": 512,
    "claude-sonnet-5-5": 512,
    "claude-opus-4-8": 1024,
    "claude-opus-4-1": 1024,
    "claude-opus-4": 1024,
    "claude-sonnet-5": 1024,
    "claude-sonnet-4-6": 1024,
    "claude-sonnet-4-5": 1024,
    "claude-sonnet-4": 1024,
    "claude-opus-4-7": 2048,
    "claude-3-5-haiku": 2048,
    "claude-opus-4-6": 4096,
    "claude-opus-4-5": 4096,
    "claude-haiku-4-5": 4096,
}
"""The lengths, in tokens, of the shortest prompts that the service caches, by model."""


def cost_of(model: str, usage: Usage, overrides: Mapping[str, Rates]) -> float | None:
    """Return the cost of tokens.

    Args:
        model: The model that used the tokens.
        usage: The tokens.
        overrides: The user's own prices by model; they override the table's.

    Returns:
        Estimated US dollars; None if the model's price is unknown.
    """
    known = PRICES.get(_family(model))
    price = overrides.get(model) or known
    if price is None:
        return None
    cached = known.cached if known else CACHE_READ
    read = usage.input + usage.cache_write * CACHE_WRITE + usage.cache_read * cached
    return (read * price.input + usage.output * price.output) / 1_000_000


def describe(model: str, overrides: Mapping[str, Rates]) -> str:
    """Return the source of a model's price, for the user."""
    if model in overrides:
        return "prices from your settings"
    if _family(model) in PRICES:
        return f"list prices as of {PRICES_AS_OF.isoformat()}"
    return f"no price is known for {model}; llm.prices sets one"


def cache_minimum(model: str) -> int:
    """Return the minimum length of a cached prompt in tokens.

    Unknown models get the highest minimum of all models.
    """
    return CACHE_MINIMA.get(_family(model), max(CACHE_MINIMA.values()))


def _family(model: str) -> str:
    """Return a model's name without its snapshot: without a date or the 0 of a first version."""
    return re.sub(r"-(\d{8}|0|latest)$", "", model)
