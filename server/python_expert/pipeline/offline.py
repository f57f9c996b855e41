"""The provider that needs neither a key nor a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from python_expert.config.settings import ProviderName
from python_expert.llm.provider import Provider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from python_expert.llm.provider import Ask
    from python_expert.pipeline.client import Worker


class Offline(Provider):
    """Proposes by rule and by inference, in the rewrites' worker.

    Args:
        worker: Where the work is done.
    """

    name = ProviderName.OFFLINE

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    async def propose(self, ask: Ask) -> AsyncIterator[tuple[str, Any]]:
        """Propose facts; see `Provider.propose`."""
        options = await ask.types() if ask.types else ask.options
        async for item in self._worker.propose(ask.action, ask.text, ask.keys, options):
            yield item
