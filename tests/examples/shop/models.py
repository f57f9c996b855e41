"""What the shop sells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class Order:
    """One order.

    Attributes:
        number: Its number.
        total: What it costs, in cents.
    """

    number: str
    total: int


def parse_order(data: dict[str, Any]) -> Order:
    """Read an order."""
    return Order(data["number"], data["total"])
