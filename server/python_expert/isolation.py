"""Fault barriers: if one part of an answer fails, the other parts are still given.

Code that combines several parts (of the menu, the findings, the status and so on) has a barrier for
each part, and calls the part through its barrier.
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
    """Catches the exceptions of one part, logs them, and returns a substitute result.

    Expected errors are handled before they reach a barrier. An exception that reaches it is an
    error in Python Expert. Cancellation is not caught.

    Args:
        name: What the part does, for the log; each barrier has a different name.

    Attributes:
        failures: The number of exceptions so far.
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
        """Await an async function; return `otherwise` if it raises."""
        try:
            return await question(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the other answers must not be lost
            self._failed(error)
        return otherwise

    def call(
        self, otherwise: D, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T | D:
        """Call a function; return `otherwise` if it raises."""
        try:
            return function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the other answers must not be lost
            self._failed(error)
        return otherwise

    def _failed(self, error: Exception) -> None:
        """Count and log a failure; each traceback once, as some parts fail at every keystroke."""
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
    """The fault barriers of each tool, by name; a barrier is created when it is first needed.

    Args:
        template: The name of the barriers, with ``{}`` for the tool's name.
    """

    def __init__(self, template: str) -> None:
        super().__init__()
        self.template = template
        TOOL_BARRIERS.append(self)

    def __missing__(self, tool: str) -> FaultBarrier:
        """Create the barrier of a tool."""
        return self.setdefault(tool, FaultBarrier(self.template.format(tool)))


TOOL_BARRIERS: list[ToolBarriers] = []
"""All instances of `ToolBarriers`."""

BARRIERS: dict[str, FaultBarrier] = {}
"""All fault barriers, by name."""
