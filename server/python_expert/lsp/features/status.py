"""The status of the tools, for clients that show it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from python_expert.config.settings import ProviderName
from python_expert.isolation import FaultBarrier, ToolBarriers
from python_expert.llm.choice import choose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from python_expert.diagnostics.finding import ToolName
    from python_expert.llm.usage import Meter
    from python_expert.project.project import Project

_TOOLS = ToolBarriers("reporting the status of {}")
_KNOWN = FaultBarrier("reporting the status of known findings")
_PROVIDER = FaultBarrier("reporting the status of the model")

METHOD = "pythonExpert/status"

PAUSE_S = 0.25
"""Seconds between two notifications, because tools start and stop at every keystroke."""


class StatusNotifier:
    """Notifies the client of the status of the tools, at a limited rate.

    Args:
        projects: All current projects.
        meter: The tokens and the cost of models.
        send: Sends a notification.
        enabled: Whether the client wants these notifications.

    Attributes:
        known: Returns the descriptions of the baselines and their hidden findings.
    """

    def __init__(
        self,
        projects: Callable[[], Iterable[Project]],
        meter: Meter,
        send: Callable[[str, object], None],
        *,
        enabled: bool,
    ) -> None:
        self._projects = projects
        self._meter = meter
        self._send = send
        self.known: Callable[[], list[dict[str, Any]]] = list
        self._enabled = enabled
        self._told: list[Any] = []
        self._due: asyncio.TimerHandle | None = None

    def changed(self) -> None:
        """Note that the status may have changed."""
        if self._enabled and self._due is None:
            self._due = asyncio.get_running_loop().call_later(PAUSE_S, self._notify)

    def stop(self) -> None:
        """Send no more notifications."""
        self._enabled = False
        if self._due:
            self._due.cancel()

    def _notify(self) -> None:
        self._due = None
        projects = tuple(self._projects())
        tools: list[dict[str, Any]] = []
        for project in projects:
            for name in project.kinds:
                tools += _TOOLS[name].call([], _describe, project, name)
        unknown = _provider(())
        status = {
            **_PROVIDER.call(unknown, _provider, projects),
            "tokens": self._meter.spent,
            "known": _KNOWN.call([], self.known),
        }
        known = [status, *({**tool, "lastMs": None} for tool in tools)]
        if known != self._told:
            self._told = known
            self._send(METHOD, {**status, "tools": tools})


def _provider(projects: Sequence[Project]) -> dict[str, Any]:
    """Return the provider and model of the first project, or the reason why no model is used."""
    if not projects:
        return {"provider": ProviderName.OFFLINE, "model": None, "message": "", "reason": None}
    project = projects[0]
    choice = choose(project.settings, None, project.root)
    is_model = choice.provider is ProviderName.ANTHROPIC
    model = project.settings.llm.model if is_model else None
    why = choice.obstacle if is_model else choice.reason
    return {
        "provider": choice.provider,
        "model": model,
        "message": why,
        "reason": choice.unasked,
    }


def _describe(project: Project, name: ToolName) -> list[dict[str, Any]]:
    tool, status = project.tools.get(name), project.status[name]
    interpreter = project.environment.interpreter
    about = {
        "root": str(project.root),
        "interpreter": str(interpreter.path) if interpreter else "",
        "name": name,
        "state": status.state,
        "version": tool.version if tool else "",
        "variant": tool.variant if tool else "",
        "lastMs": status.last_ms,
        "message": status.message,
    }
    return [about]
