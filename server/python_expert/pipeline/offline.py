"""The provider that needs neither a key nor a network."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from python_expert.actions.base import Skipped
from python_expert.config.settings import ProviderName
from python_expert.llm.provider import Provider
from python_expert.processes.command import ToolError
from python_expert.processes.jsonrpc import RpcError
from python_expert.tools.types import KnowsTypes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from python_expert.actions.base import Options
    from python_expert.llm.provider import Ask
    from python_expert.pipeline.client import Worker
    from python_expert.pipeline.request import Request
    from python_expert.pipeline.result import Outcome
    from python_expert.text.document import Document


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
        options = await self._with_types(ask)
        async for item in self._worker.propose(ask.action, ask.text, ask.keys, options):
            yield item

    async def _with_types(self, ask: Ask) -> Options:
        """The options with all that the action wants to know of types, as far as it is known."""
        options = ask.options
        while ask.types and (text := await self._worker.inquire(ask.action, ask.text, options)):
            functions = await ask.types(text)
            if functions is None:
                break
            options = replace(
                options, types=(*options.types, {"text": text, "functions": functions})
            )
        return options


class TypeQuestions:
    """Asks the tools what they know of the types of texts in a document's place.

    Args:
        request: What the user wants; it is told of the progress.
        outcome: What says so where no tool can tell.
        document: The document.
    """

    def __init__(self, request: Request, outcome: Outcome, document: Document) -> None:
        self._request = request
        self._outcome = outcome
        self._document = document
        self._asked = 0

    async def __call__(self, text: str) -> list[dict[str, Any]] | None:
        """What is known of a text's types; see `KnowsTypes`."""
        request, document = self._request, self._document
        documents = (*(each for each in request.others() if each.uri != document.uri), document)
        why = "it is not in use"
        for tool in request.project.gate_tools().values():
            if isinstance(tool, KnowsTypes):
                self._asked += 1
                total = len(self._outcome.asked)
                request.progress(f"inferring types, step {self._asked}", 0, total)
                try:
                    if (known := await tool.types(documents, document, text)) is not None:
                        return known
                    why = "it cannot be asked about unsaved text"
                except (ToolError, RpcError) as error:
                    why = str(error)
        said = "hints by rule only, as no type checker was asked"
        if self._asked > 1:
            said = "hints from a part of the types only, as the type checker stopped answering"
        self._outcome.left.append(Skipped("", f"{said}: {why}"))
        return None
