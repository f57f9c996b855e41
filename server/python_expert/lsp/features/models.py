"""Lists the models that a user can choose from."""

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
    """Lists the models that the endpoint offers.

    Args:
        projects: Their settings name the endpoint.
        providers: Sends the request.
        ready: Set once the settings are known. Until then no request may be sent.
    """

    def __init__(self, projects: Projects, providers: Providers, ready: asyncio.Event) -> None:
        self._projects = projects
        self._providers = providers
        self._ready = ready

    async def list(self, argument: object) -> dict[str, Any]:
        """Carry out the command ``pythonExpert.models``.

        Args:
            argument: Nothing, or {uri?}: the document or folder whose settings apply. The default
                is the first folder.

        Returns:
            {models: [{id, name}], message, reason}. If there are none, the message gives the reason
            for the user, and ``reason`` gives it for the client, or None if no code exists for it.
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
