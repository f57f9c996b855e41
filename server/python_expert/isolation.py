"""Fault barriers: if one part of an answer fails, the other parts are still given.

Code that asks several (for the menu, the findings, the status and so on) has a barrier for each of
them, and asks it through that.
"""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")
D = TypeVar("D")
P = ParamSpec("P")

log = logging.getLogger(__name__)


class FaultBarrier:
    """A place that an exception does not get past.

    Expected faults are handled before they come here. What arrives is an error in Python Expert,
    so it goes to the log, and there is another answer. Cancellation is let through.

    Args:
        name: What is done behind it, as the log says it; no other barrier has this name.

    Attributes:
        failures: How often that has failed.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.failures = 0
        self._known: set[object] = set()
        BARRIERS[name] = self

    async def ask(
        self,
        otherwise: D,
        question: Callable[P, Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T | D:
        """Await what a function returns; if it raises, there is another answer."""
        try:
            return await question(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the other answers must not be lost
            self._failed(error)
        return otherwise

    def call(
        self, otherwise: D, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T | D:
        """Call a function; if it raises, there is another answer."""
        try:
            return function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the other answers must not be lost
            self._failed(error)
        return otherwise

    def _failed(self, error: Exception) -> None:
        """Count and log a failure; the traceback only once, as some fail at every key."""
        self.failures += 1
        last = traceback.extract_tb(error.__traceback__)[-1]
        kind = (type(error), last.filename, last.lineno)
        is_new = kind not in self._known
        self._known.add(kind)
        log.error(
            "%s failed (%d so far); the other parts continue: %r",
            self.name,
            self.failures,
            error,
            exc_info=error if is_new else None,
        )


class ToolBarriers(dict[str, FaultBarrier]):
    """Fault barriers of which each tool has its own, made when it is first needed.

    Args:
        template: What is done behind them, with ``{}`` for the tool's name.
    """

    def __init__(self, template: str) -> None:
        super().__init__()
        self.template = template
        TOOL_BARRIERS.append(self)

    def __missing__(self, tool: str) -> FaultBarrier:
        """Make the barrier of a tool."""
        return self.setdefault(tool, FaultBarrier(self.template.format(tool)))


TOOL_BARRIERS: list[ToolBarriers] = []
"""All of those that each tool has its own of."""

BARRIERS: dict[str, FaultBarrier] = {}
"""All of them, by name."""
