"""The models that a user can choose from."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from python_expert.llm.provider import ProviderError

if TYPE_CHECKING:
    import asyncio

    from python_expert.lsp.projects import Projects
    from python_expert.pipeline.providers import Providers

log = logging.getLogger(__name__)


class Models:
    """Tells a client which models the endpoint offers.

    Args:
        projects: Whose settings name the endpoint.
        providers: Who asks it.
        ready: Set once the settings are known; before that it is not known whether it may be asked.
    """

    def __init__(self, projects: Projects, providers: Providers, ready: asyncio.Event) -> None:
        self._projects = projects
        self._providers = providers
        self._ready = ready

    async def list(self, argument: object) -> dict[str, Any]:
        """Carry out the command ``pythonExpert.models``.

        Args:
            argument: Nothing, or {uri?}: the document or folder whose settings hold; without it
                the first folder's do.

        Returns:
            {models: [{id, name}], message, reason}; where there are none, the message says why to
            people, and the reason to clients, where it is one that they know, else None.
        """
        await self._ready.wait()
        uri = argument.get("uri") if isinstance(argument, dict) else None
        settings = self._projects.settings(uri if isinstance(uri, str) else None)
        try:
            found = await self._providers.models(settings)
        except ProviderError as error:
            log.warning("the models are not known: %s", error)
            return {"models": [], "message": str(error), "reason": error.reason}
        return {"models": [each._asdict() for each in found], "message": "", "reason": None}
