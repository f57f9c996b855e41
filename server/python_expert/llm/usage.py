"""The tokens and money that requests use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Usage(NamedTuple):
    """The tokens of one or more requests, as the endpoint counts them.

    Attributes:
        input: Read without a cache.
        output: Written.
        cache_read: Read from the endpoint's cache.
        cache_write: Read and put into the endpoint's cache.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    @property
    def sent(self) -> int:
        """All that was read."""
        return self.input + self.cache_read + self.cache_write

    @property
    def total(self) -> int:
        """All tokens."""
        return self.sent + self.output

    def plus(self, other: Usage) -> Usage:
        """The two together."""
        return Usage(*(mine + its for mine, its in zip(self, other, strict=True)))


@dataclass
class Tally:
    """What one question has used so far.

    Attributes:
        attempts: How often it was sent.
        usage: The tokens of all attempts.
    """

    attempts: int = 0
    usage: Usage = field(default_factory=Usage)


@dataclass
class Bill:
    """What one rewrite has used.

    Attributes:
        model: Whom it was asked of.
        requests: How often the endpoint was asked, failures included.
        usage: The tokens.
        cost: US dollars, estimated; None where the model's price is not known.
        prices: Where the prices are from, with their date.
        redacted: How many secrets were replaced before sending.
    """

    model: str
    requests: int = 0
    usage: Usage = field(default_factory=Usage)
    cost: float | None = None
    prices: str = ""
    redacted: int = 0

    @classmethod
    def total(cls, bills: Sequence[Bill]) -> Bill:
        """Several bills of one model as one."""
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
        """All of it in one line."""
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
    """The tokens of a session, for all projects together.

    Attributes:
        spent: Tokens that the endpoint has counted.
        model: Who was asked last, or empty.
        changed: Called when there is something new.
    """

    spent: int = 0
    model: str = ""
    changed: Callable[[], None] = lambda: None
    _reserved: int = 0

    def fits(self, tokens: int, budget: int) -> bool:
        """Whether so many more tokens stay within a budget, requests under way counted in."""
        return self.spent + self._reserved + tokens <= budget

    def reserve(self, tokens: int) -> None:
        """Count in what a request that begins may use."""
        self._reserved += tokens

    def settle(self, reserved: int, used: Usage, model: str) -> None:
        """Put what a request has used in place of what was reserved for it."""
        self._reserved -= reserved
        self.spent += used.total
        self.model = model
        self.changed()
