"""The provider that needs no key and no network."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from python_expert.config.settings import ProviderName
from python_expert.llm.provider import Provider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from python_expert.actions.base import Facts, Options
    from python_expert.llm.provider import Ask
    from python_expert.pipeline.client import Worker


class Offline(Provider):
    """The offline engine: proposes by rules and inference, in the worker process.

    Args:
        worker: The worker process.
    """

    name = ProviderName.OFFLINE

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._asked: tuple[Ask, Options] | None = None

    async def propose(self, ask: Ask) -> AsyncIterator[tuple[str, Any]]:
        """Propose facts; see `Provider.propose`."""
        options = ask.options
        if ask.types:
            options = await ask.types(options)
            self._asked = ask, options
        async for item in self._worker.propose(ask.action, ask.text, ask.keys, options):
            yield item

    async def revise(self, facts: Facts, contradicted: Sequence[tuple[str, str]]) -> Facts:
        """Infer again, without the facts that a tool has contradicted."""
        if self._asked is None or self._asked[0].types is None:
            return facts
        ask, options = self._asked
        contradicted = (*options.contradicted, *contradicted)
        options = replace(options, kept=facts, contradicted=contradicted)
        options = await self._asked[0].types(options)
        self._asked = ask, options
        proposed = self._worker.propose(ask.action, ask.text, tuple(facts), options)
        return {key: value async for key, value in proposed}
