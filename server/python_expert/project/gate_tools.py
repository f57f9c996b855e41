"""Runs tools that are switched off for the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.config.tool_spec import Role
from python_expert.tools.base import ToolEvents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from python_expert.diagnostics.finding import ToolName
    from python_expert.tools.base import Tool
    from python_expert.tools.context import ToolContext

UNHEARD = ToolEvents(lambda _reports: None, lambda _message: None, lambda _message: None)
"""Events of a tool that shows nothing."""


class GateTools:
    """Those of one project; each is made when the gate first asks.

    Args:
        kinds: The tools that there are.
    """

    def __init__(self, kinds: Mapping[ToolName, type[Tool]]) -> None:
        self._kinds = {
            name: kind for name, kind in kinds.items() if kind.spec.role is Role.FINDINGS
        }
        self._made: dict[ToolName, Tool] = {}

    def __iter__(self) -> Iterator[Tool]:
        """Those that have been made."""
        return iter(tuple(self._made.values()))

    def beside(
        self,
        running: Mapping[ToolName, Tool],
        place: ToolContext,
        make: Callable[[type[Tool]], Tool | None],
    ) -> dict[ToolName, Tool | None]:
        """All tools that judge rewrites: those that run, and those that are switched off.

        Args:
            running: The tools that are not switched off.
            place: What tools are made for.
            make: Makes a tool; None if it cannot be made.
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
        """Let go of those that have been made; returns them, to be ended."""
        made = list(self._made.values())
        self._made.clear()
        return made
