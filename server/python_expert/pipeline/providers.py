"""The providers of one session, with their endpoints and costs."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from python_expert.config.settings import ProviderName
from python_expert.llm.anthropic.endpoint import Endpoint
from python_expert.llm.anthropic.provider import Claude
from python_expert.llm.choice import Choice, choose, forbidden, why_not_listed
from python_expert.llm.provider import Provider, ProviderError
from python_expert.pipeline.client import Worker
from python_expert.pipeline.offline import Offline
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    from python_expert.config.settings import LlmSettings, Settings
    from python_expert.llm.anthropic.models import Model
    from python_expert.llm.anthropic.sdk import Busy
    from python_expert.llm.usage import Meter
    from python_expert.project.project import Project

EXPECTED_S = 10.0
"""The time in seconds for which menus use the cached choice of a provider."""

CHANGED = "what may be sent, or to whom, was changed in the settings; choose the rewrite again"


class Providers:
    """Creates the provider for each rewrite.

    Args:
        meter: Counts the tokens that the session uses.

    Attributes:
        worker: The process that creates questions and rewrites texts.
    """

    def __init__(self, meter: Meter) -> None:
        self.worker = Worker()
        self._meter = meter
        self._starting: asyncio.Task[set[str]] | None = None
        self._expected: dict[str, tuple[Settings, float, Choice]] = {}
        self._endpoints: dict[tuple[str | None, float, int], Endpoint] = {}

    async def choose(
        self, project: Project, uri: str, wanted: ProviderName = ProviderName.AUTO
    ) -> Choice:
        """Return the provider for a document, and the reason for the choice; see `choose`."""
        return await asyncio.to_thread(choose, project.settings, to_path(uri), project.root, wanted)

    async def expect(self, project: Project, uri: str, busy: Busy | None = None) -> Choice:
        """Return the probable provider for a document, quickly, for menus.

        If it is a model, this starts to import the SDK.

        Args:
            project: The document's project.
            uri: The document.
            busy: Whether the import has to wait; None if the user is waiting for it.
        """
        known = self._expected.get(uri)
        if known and known[0] is project.settings and time.monotonic() - known[1] < EXPECTED_S:
            return known[2]
        choice = await self.choose(project, uri)
        self._expected[uri] = (project.settings, time.monotonic(), choice)
        if choice.provider is ProviderName.ANTHROPIC and not choice.obstacle:
            self._endpoint(project.settings.llm).prepare(busy)
        return choice

    async def prepare_model(self, project: Project, uri: str, busy: Busy) -> bool:
        """Prepare for requests to a model, if one may be used for a document.

        Args:
            project: The document's project.
            uri: The document.
            busy: Whether the preparation has to wait.

        Returns:
            True if a model may be used.
        """
        choice = await self.expect(project, uri, busy)
        wanted = choice.provider is ProviderName.ANTHROPIC and not choice.obstacle
        if wanted:
            self.prepare()
        return wanted

    def prepare(self) -> None:
        """Start the process in advance.

        Errors are reported to the caller that needs it.
        """
        self._starting = asyncio.create_task(self.worker.same("", "", ()))
        self._starting.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def make(
        self, project: Project, uri: str, wanted: ProviderName = ProviderName.AUTO
    ) -> Provider:
        """Return the provider for one rewrite of a document.

        Args:
            project: The document's project.
            uri: The document.
            wanted: The provider that the user chose; `auto` leaves it to the settings.
        """
        settings = project.settings
        choice = await self.choose(project, uri, wanted)
        if choice.provider is ProviderName.OFFLINE:
            return Offline(self.worker)
        endpoint = self._endpoint(settings.llm)

        def obstacle() -> str:
            now = project.settings
            if choice.obstacle:
                return choice.obstacle
            if why := forbidden(now):
                return why.words
            return "" if _allow_the_same(settings, now) else CHANGED

        return Claude(self.worker, endpoint, self._meter, settings.llm, obstacle)

    async def models(self, settings: Settings) -> tuple[Model, ...]:
        """Return the models that an endpoint offers.

        Raises:
            ProviderError: No request is allowed, or the endpoint returns no list.
        """
        if why := why_not_listed(settings):
            raise ProviderError(why.words, why.reason)
        return await self._endpoint(settings.llm).models()

    async def stop(self) -> None:
        """Stop the process and close the connections."""
        await asyncio.gather(
            self.worker.stop(), *(each.stop() for each in self._endpoints.values())
        )

    def _endpoint(self, settings: LlmSettings) -> Endpoint:
        key = (settings.base_url, settings.timeout_s, settings.retries)
        if key not in self._endpoints:
            self._endpoints[key] = Endpoint(*key)
        return self._endpoints[key]


def _allow_the_same(one: Settings, other: Settings) -> bool:
    """Return whether two settings allow the same data to be sent to the same endpoint."""
    return (one.privacy, one.llm.provider, one.llm.base_url) == (
        other.privacy,
        other.llm.provider,
        other.llm.base_url,
    )
