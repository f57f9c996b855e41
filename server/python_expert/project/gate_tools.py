"""Runs disabled tools for the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.config.tool_spec import Role
from python_expert.tools.base import ToolEvents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from python_expert.diagnostics.finding import ToolName
    from python_expert.tools.base import Tool
    from python_expert.tools.context import ToolContext

NO_EVENTS = ToolEvents(lambda _reports: None, lambda _message: None, lambda _message: None)
"""Callbacks that ignore everything, for a tool whose reports are not shown."""


class GateTools:
    """The disabled tools that one project's gate uses; each is created when it is first needed.

    Args:
        kinds: The available tools.
    """

    def __init__(self, kinds: Mapping[ToolName, type[Tool]]) -> None:
        self._kinds = {
            name: kind for name, kind in kinds.items() if kind.spec.role is Role.FINDINGS
        }
        self._made: dict[ToolName, Tool] = {}

    def __iter__(self) -> Iterator[Tool]:
        """Yield the tools that have been created."""
        return iter(tuple(self._made.values()))

    def beside(
        self,
        running: Mapping[ToolName, Tool],
        place: ToolContext,
        make: Callable[[type[Tool]], Tool | None],
    ) -> dict[ToolName, Tool | None]:
        """Return all tools that judge rewrites: the running ones and the disabled ones.

        Args:
            running: The enabled tools.
            place: The context that tools are created for.
            make: Creates a tool; returns None if that fails.
        """
        found: dict[ToolName, Tool | None] = {}
        for name, kind in self._kinds.items():
            if not place.may_run(kind.spec):
                continue
            tool = running.get(name) or self._made.get(name) or make(kind)
            if tool and name not in running:
                self._made[name] = tool
            found[name] = tool
        return found

    def release(self) -> list[Tool]:
        """Release the tools that have been created; the caller must stop them."""
        made = list(self._made.values())
        self._made.clear()
        return made
