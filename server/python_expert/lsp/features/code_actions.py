"""Code actions, formatting and hovers that tools themselves offer for the current text."""

from __future__ import annotations

import asyncio
import itertools
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from python_expert.isolation import FaultBarrier, ToolBarriers
from python_expert.lsp.messages import CONTENT_MODIFIED
from python_expert.processes.command import ToolError
from python_expert.processes.jsonrpc import RpcError
from python_expert.processes.wire import RequestError
from python_expert.tools.base import AnswersRequests, OffersFixes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from python_expert.diagnostics.finding import ToolName
    from python_expert.lsp.feature_context import FeatureContext
    from python_expert.lsp.features.diagnostics import Publisher
    from python_expert.lsp.features.quick_fixes import QuickFixes
    from python_expert.lsp.features.visible_findings import VisibleFindings
    from python_expert.text.document import Document
    from python_expert.tools.base import Tool


log = logging.getLogger(__name__)

QUICK_FIX = "quickfix"
FIX_ALL = "source.fixAll.pythonExpert"
ORGANIZE_IMPORTS = "source.organizeImports.pythonExpert"
KINDS = (QUICK_FIX, FIX_ALL, ORGANIZE_IMPORTS)

_LSP_KINDS = {
    QUICK_FIX: "quickfix",
    FIX_ALL: "source.fixAll",
    ORGANIZE_IMPORTS: "source.organizeImports",
}
"""The kinds of code actions that we offer, with LSP's names, which tools use."""

_FIXES = ToolBarriers("{}'s code actions")
_OWN = FaultBarrier("our own quick fixes")
FORWARDED = ("textDocument/formatting", "textDocument/rangeFormatting", "textDocument/hover")
"""The methods of the requests that are forwarded to a tool."""

_FORWARDED = {method: FaultBarrier(f"answering {method}") for method in FORWARDED}


class ContentModifiedError(RequestError):
    """The document changed while the result was computed; the client repeats the request."""

    def __init__(self) -> None:
        super().__init__("the document was changed in the meantime", code=CONTENT_MODIFIED)


class Actions:
    """Answers requests about a document with the tools that support them.

    Args:
        context: The shared context of the session's features.
        publisher: Knows which diagnostics the client shows.
        quick_fixes: Python Expert's own quick fixes.
        visible: Knows which findings are hidden; these are not offered to be fixed.
    """

    def __init__(
        self,
        context: FeatureContext,
        publisher: Publisher,
        quick_fixes: QuickFixes,
        visible: VisibleFindings,
    ) -> None:
        self._visible = visible
        self._quick_fixes = quick_fixes
        _, self._documents, self._projects, self._client, self._ready = context
        self._publisher = publisher

    async def code_actions(self, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Answer ``textDocument/codeAction``.

        Actions for the whole file are returned only if the client requests their kinds, as on save
        or in a menu of source actions.
        """
        uri = params["textDocument"]["uri"]
        document = self._documents.get(uri)
        only = params["context"].get("only")
        asked = [QUICK_FIX] if only is None else only
        wanted = [kind for kind in KINDS if any(within(kind, each) for each in asked)]
        if document is None or not wanted:
            return []
        tools = await self._offering(uri)
        own = self._own(document, params["range"]) if QUICK_FIX in wanted else _nothing()
        *found, ours = await asyncio.gather(
            *(self._ask(tool, document, params["range"], wanted) for tool in tools), own
        )
        self.check_unchanged(document)
        return [*itertools.chain(*found, ours)]

    async def resolve(self, action: dict[str, Any]) -> dict[str, Any]:
        """Answer ``codeAction/resolve``.

        An edit for an outdated version is emptied if the client would apply it anyway: without
        ``documentChanges`` edits have no version, and Neovim accepts version 0 for any.
        """
        data = action.get("data")
        uri = data.get("uri") if isinstance(data, dict) else None
        document = self._documents.get(uri) if isinstance(uri, str) else None
        if not data or "edit" not in action:
            return action
        version = data.get("version")
        safe = self._client.document_changes and version
        current = document is not None and document.version == version
        return action if safe or current else action | {"edit": {"changes": {}}}

    async def forward(self, method: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON is untyped
        """Forward a request (formatting, hover) to a tool and return its result unchanged.

        Raises:
            ContentModifiedError: The document changed during the request.
        """
        uri = params["textDocument"]["uri"]
        document = self._documents.get(uri)
        if document is None:
            return None
        answer = await _FORWARDED[method].ask(None, self._answer, document, method, params)
        self.check_unchanged(document)
        return answer

    async def _answer(self, document: Document, method: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON is untyped
        """Return the first result of a tool."""
        for tool in await self._tools(document.uri):
            if not isinstance(tool, AnswersRequests) or method not in tool.methods:
                continue
            try:
                answer = await tool.ask(document, method, params)
            except (ToolError, RpcError) as error:
                log.warning("%s cannot answer %s: %s", tool.name, method, error)
                continue
            if answer is not None:
                return answer
        return None

    async def _tools(self, uri: str) -> list[Tool]:
        """Return the tools that check a document; none if it is not open."""
        await self._ready.wait()
        return [] if self._documents.get(uri) is None else [*self._projects.of(uri).tools.values()]

    async def _offering(self, uri: str) -> list[OffersFixes]:
        """Return the tools that provide code actions."""
        return [tool for tool in await self._tools(uri) if isinstance(tool, OffersFixes)]

    async def _ask(
        self, tool: OffersFixes, document: Document, where: Mapping[str, Any], kinds: Sequence[str]
    ) -> list[dict[str, Any]]:
        nothing: list[dict[str, Any]] = []
        return await _FIXES[tool.name].ask(nothing, self._fixes, tool, document, where, kinds)

    async def _own(self, document: Document, where: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Python Expert's own quick fixes for a range."""
        place = document.range(where, self._client.encoding)
        nothing: list[dict[str, Any]] = []
        found = await _OWN.ask(nothing, self._quick_fixes.code_actions, document, place)
        return [
            action
            | {
                "kind": QUICK_FIX,
                "edit": self._edit(action["edit"], document),
                "data": {"uri": document.uri, "version": document.version},
            }
            for action in found
        ]

    async def _fixes(
        self, tool: OffersFixes, document: Document, where: Mapping[str, Any], kinds: Sequence[str]
    ) -> list[dict[str, Any]]:
        offered = [_LSP_KINDS[kind] for kind in kinds if _LSP_KINDS[kind] in tool.fixes]
        if not offered:
            return []
        place = document.range(where, self._client.encoding)
        try:
            actions = await tool.code_actions(document, place, offered)
        except (ToolError, RpcError) as error:
            log.warning("%s has no code actions: %s", tool.name, error)
            return []
        hides = partial(self._visible.hides, document, tool.name, encoding=self._client.encoding)
        changing = [each for each in actions if _edits(each["edit"]) and not hides(each)]
        return [self._ours(action, tool.name, document) for action in changing]

    def _ours(
        self, action: Mapping[str, Any], tool: ToolName, document: Document
    ) -> dict[str, Any]:
        """Return a tool's code action in the form that is sent to the client."""
        kind = next(ours for ours, theirs in _LSP_KINDS.items() if theirs == action["kind"])
        hides = not self._visible.shows_known and self._visible.has_known(document.uri)
        result: dict[str, Any] = {
            "title": action["title"] + ", hidden ones too" * (kind == FIX_ALL and hides),
            "kind": kind,
            "edit": self._edit(action["edit"], document),
            "data": {"uri": document.uri, "version": document.version},
        }
        if action.get("isPreferred"):
            result["isPreferred"] = True
        # The client knows the diagnostics in the form that it shows, not in the tool's form.
        solved = [
            shown
            for shown in self._publisher.shown(document.uri)
            for fixed in action.get("diagnostics") or ()
            if shown["source"] == tool.title
            and shown["range"] == fixed["range"]
            and fixed["message"].startswith(shown["message"])
        ]
        if solved:
            result["diagnostics"] = solved
        return result

    def _edit(self, edit: Mapping[str, Any], document: Document) -> dict[str, Any]:
        """Return a workspace edit with the version of the document that it applies to."""
        edits = _edits(edit)
        if not self._client.document_changes:
            return {"changes": {document.uri: edits}}
        identifier = {"uri": document.uri, "version": document.version}
        return {"documentChanges": [{"textDocument": identifier, "edits": edits}]}

    def check_unchanged(self, document: Document) -> None:
        """Check that an answer about a document is about its current version.

        Raises:
            ContentModifiedError: The answer is about an older version.
        """
        if self._documents.get(document.uri) is not document:
            raise ContentModifiedError


async def _nothing() -> list[dict[str, Any]]:
    return []


def _edits(edit: Mapping[str, Any]) -> list[Any]:
    """Return the text edits of a tool's workspace edit; empty if it has none."""
    return [each for change in edit.get("documentChanges", ()) for each in change["edits"]]


def within(kind: str, asked: str) -> bool:
    """Return whether a code action kind equals the requested kind or is a sub-kind of it."""
    return not asked or kind == asked or kind.startswith(f"{asked}.")
