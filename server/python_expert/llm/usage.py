"""The tokens and money that requests use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Usage(NamedTuple):
    """The tokens of one or more requests, as counted by the endpoint.

    Attributes:
        input: Input tokens without a cache.
        output: Output tokens.
        cache_read: Input tokens read from the endpoint's cache.
        cache_write: Input tokens written to the endpoint's cache.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    @property
    def sent(self) -> int:
        """All input tokens."""
        return self.input + self.cache_read + self.cache_write

    @property
    def total(self) -> int:
        """All tokens."""
        return self.sent + self.output

    def plus(self, other: Usage) -> Usage:
        """Return the sum of two usages."""
        return Usage(*(mine + its for mine, its in zip(self, other, strict=True)))


@dataclass
class Tally:
    """The usage of one question so far.

    Attributes:
        attempts: The number of times that the question was sent.
        usage: The tokens of all attempts.
    """

    attempts: int = 0
    usage: Usage = field(default_factory=Usage)


@dataclass
class Bill:
    """The usage of one rewrite.

    Attributes:
        model: The model.
        requests: The number of requests, including failed ones.
        usage: The tokens.
        cost: The estimated cost in US dollars; None if the model's price is unknown.
        prices: The source and date of the prices.
        redacted: The number of secrets that were replaced before sending.
    """

    model: str
    requests: int = 0
    usage: Usage = field(default_factory=Usage)
    cost: float | None = None
    prices: str = ""
    redacted: int = 0

    @classmethod
    def total(cls, bills: Sequence[Bill]) -> Bill:
        """Return the bills of one model added up."""
        first, costs = bills[0], [each.cost for each in bills]
        known = [each for each in costs if each is not None]
        return cls(
            first.model,
            sum(each.requests for each in bills),
            Usage(*map(sum, zip(*(each.usage for each in bills), strict=True))),
            sum(known) if len(known) == len(costs) else None,
            first.prices,
            sum(each.redacted for each in bills),
        )

    @property
    def summary(self) -> str:
        """The bill in one line."""
        usage = self.usage
        cached = f" ({usage.cache_read:,} from the cache)" if usage.cache_read else ""
        cost = "cost unknown" if self.cost is None else f"about ${self.cost:.4f}"
        plural = "" if self.requests == 1 else "s"
        return (
            f"{self.model}: {self.requests} request{plural}, {usage.sent:,} tokens in{cached}, "
            f"{usage.output:,} out, {cost} ({self.prices})"
        )


@dataclass
class Meter:
    """The tokens of a session, for all projects.

    Attributes:
        spent: The tokens counted by the endpoint.
        model: The last model used, or empty.
        changed: Called after each change.
    """

    spent: int = 0
    model: str = ""
    changed: Callable[[], None] = lambda: None
    _reserved: int = 0

    def fits(self, tokens: int, budget: int) -> bool:
        """Return whether some more tokens fit into a budget, including requests in progress."""
        return self.spent + self._reserved + tokens <= budget

    def reserve(self, tokens: int) -> None:
        """Reserve the tokens that a new request may use."""
        self._reserved += tokens

    def settle(self, reserved: int, used: Usage, model: str) -> None:
        """Replace the reservation of a request by its usage."""
        self._reserved -= reserved
        self.spent += used.total
        self.model = model
        self.changed()
