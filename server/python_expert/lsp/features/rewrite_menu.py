"""The rewrites in the editor's menu: commands without edits, so that listing them does nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from python_expert.actions.base import ActionScope
from python_expert.actions.menu import Offer, load, offers, offers_for_all
from python_expert.actions.registry import ACTIONS
from python_expert.config.settings import ProviderName
from python_expert.isolation import FaultBarrier
from python_expert.lsp.commands import REWRITE
from python_expert.lsp.features.code_actions import within
from python_expert.project.project import is_checked
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_expert.lsp.feature_context import FeatureContext
    from python_expert.pipeline.providers import Providers
    from python_expert.text.document import Document

KINDS = tuple(
    action.kinds[scope] for scope in ActionScope for action in ACTIONS if scope in action.kinds
)

_MAKER = FaultBarrier("naming the provider of rewrites")

_SOURCE = "source"
_INVOKED, _AUTOMATIC = 1, 2
_LLM_GENERATED = 1


class RewriteMenu:
    """Offers the rewrites that apply at a place.

    Args:
        context: The shared context of the session's features.
        providers: Choose the provider of proposals.
    """

    def __init__(self, context: FeatureContext, providers: Providers) -> None:
        _, self._documents, self._projects, self._client, self._ready = context
        self._providers = providers
        self._loaded = False

    async def code_actions(self, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the rewrites for ``textDocument/codeAction``.

        Rewrites of the whole document are returned only if the client requests their kind, or
        source actions.
        """
        document = self._documents.get(params["textDocument"]["uri"])
        if document is None or not is_checked(document.uri):
            return []
        found = [*await self._here(document, params), *await self._whole(document, params)]
        if not found:
            return []
        if params["context"].get("triggerKind") != _AUTOMATIC:  # the user has opened the menu
            self._providers.prepare()
        offline = ProviderName.OFFLINE, str(ProviderName.OFFLINE)
        maker = await _MAKER.ask(offline, self._maker, document)
        return [
            _offered(offer, kind, document, where, maker)
            for offer, kind, where in found
            if maker[0] is not ProviderName.OFFLINE or offer.action.offline is not None
        ]

    async def _here(
        self, document: Document, params: Mapping[str, Any]
    ) -> list[tuple[Offer, str, Any]]:
        only = params["context"].get("only")
        kinds = {
            action: kind
            for action in ACTIONS
            if (kind := action.kinds.get(ActionScope.DEFINITION))
            and (only is None or any(within(kind, each) for each in only))
        }
        if not kinds:
            return []
        if not self._loaded:
            await asyncio.to_thread(load)
            self._loaded = True
        where = document.range(params["range"], self._client.encoding)
        path = str(to_path(document.uri) or "")
        return [
            (offer, kinds[offer.action], params["range"])
            for offer in offers(document.lines, where, path)
            if offer.action in kinds
        ]

    async def _whole(
        self, document: Document, params: Mapping[str, Any]
    ) -> list[tuple[Offer, str, Any]]:
        context = params["context"]
        only = context.get("only") or ()
        # Clients that run "source" actions on save must not get rewrites.
        in_menu = _SOURCE in only and context.get("triggerKind") == _INVOKED
        kinds = {
            action: kind
            for action in ACTIONS
            if (kind := action.kinds.get(ActionScope.FILE)) and (kind in only or in_menu)
        }
        if not kinds or context.get("triggerKind") == _AUTOMATIC:
            return []
        if not in_menu:  # requested by name: without work to do, the rewrite reports the reason
            return [(Offer(action), kind, None) for action, kind in kinds.items()]
        path = str(to_path(document.uri) or "")
        found = await asyncio.to_thread(offers_for_all, document.text, path)
        return [(each, kinds[each.action], None) for each in found if each.action in kinds]

    async def _maker(self, document: Document) -> tuple[ProviderName, str]:
        """Return the provider that would be used, and its name for the menu."""
        await self._ready.wait()
        project = self._projects.of(document.uri)
        choice = await self._providers.expect(project, document.uri)
        llm = project.settings.llm
        if choice.provider is ProviderName.ANTHROPIC and llm.show_actions:
            return ProviderName.ANTHROPIC, llm.model
        return ProviderName.OFFLINE, ProviderName.OFFLINE


def _offered(
    offer: Offer,
    kind: str,
    document: Document,
    where: Any,  # noqa: ANN401 - JSON is untyped
    maker: tuple[ProviderName, str],
) -> dict[str, Any]:
    """Return a code action with a command, which needs no resolve request."""
    provider, called = maker
    whole = " to the whole file" if where is None else ""
    title = f"{offer.entry}{whole} ({called})"
    identifier = {"uri": document.uri, "version": document.version}
    arguments = {"action": offer.action.name, **identifier, "range": where, "provider": provider}
    arguments |= {"complete": True} if offer.complete else {}
    arguments |= {"callers": True} if offer.callers else {}
    command = {"title": title, "command": REWRITE, "arguments": [arguments]}
    action: dict[str, Any] = {"title": title, "kind": kind, "command": command}
    if provider is ProviderName.ANTHROPIC:
        action["tags"] = [_LLM_GENERATED]
    return action
