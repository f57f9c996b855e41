"""Code actions, formatting and hovers: what ruff offers, for the text as it stands."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from python_expert.isolation import FaultBarrier
from python_expert.processes.command import ToolError
from python_expert.processes.jsonrpc import RpcError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping, Sequence

    from python_expert.lsp.client import Client
    from python_expert.lsp.documents import Documents
    from python_expert.lsp.features.diagnostics import Publisher
    from python_expert.lsp.projects import Projects
    from python_expert.text.document import Document
    from python_expert.tools.ruff.tool import Ruff

log = logging.getLogger(__name__)

QUICK_FIX = "quickfix"
FIX_ALL = "source.fixAll.pythonExpert"
ORGANIZE_IMPORTS = "source.organizeImports.pythonExpert"
KINDS = (QUICK_FIX, FIX_ALL, ORGANIZE_IMPORTS)

_RUFF_KINDS = {
    QUICK_FIX: "quickfix",
    FIX_ALL: "source.fixAll.ruff",
    ORGANIZE_IMPORTS: "source.organizeImports.ruff",
}
_FIXES = FaultBarrier("ruff's code actions")
_FORWARDED = {
    method: FaultBarrier(f"answering {method}")
    for method in (
        types.TEXT_DOCUMENT_FORMATTING,
        types.TEXT_DOCUMENT_RANGE_FORMATTING,
        types.TEXT_DOCUMENT_HOVER,
    )
}

_TITLES = {
    FIX_ALL: "Ruff: Fix all auto-fixable problems",
    ORGANIZE_IMPORTS: "Ruff: Organize imports",
}


class ContentModifiedError(JsonRpcException):
    """The document was changed while the answer was worked out; the client asks again."""

    CODE = -32801
    MESSAGE = "the document was changed meanwhile"


class Actions:
    """Answers requests about a document with ruff's help.

    Args:
        documents: The open documents.
        projects: Where each document's ruff is.
        publisher: Which diagnostics the client shows.
        client: What the client can do.
        ready: Set once the settings are known; before, nobody can say what may be run.
    """

    def __init__(
        self,
        documents: Documents,
        projects: Projects,
        publisher: Publisher,
        client: Client,
        ready: asyncio.Event,
    ) -> None:
        self._ready = ready
        self._documents = documents
        self._projects = projects
        self._publisher = publisher
        self._client = client

    async def code_actions(self, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Answer ``textDocument/codeAction``.

        A client that names no kind (it draws a light bulb) gets the actions for the whole file
        without their edits if it can ask for those later.
        """
        uri = params["textDocument"]["uri"]
        document = self._documents.get(uri)
        only = params["context"].get("only")
        wanted = [kind for kind in KINDS if only is None or any(within(kind, o) for o in only)]
        if document is None or not wanted:
            return []
        later = []
        if only is None and self._client.resolve_edits:
            later = [kind for kind in wanted if kind != QUICK_FIX]
        now = [kind for kind in wanted if kind not in later]
        actions = await self._ask(document, params["range"], now)
        return actions + [
            {"title": _TITLES[kind], "kind": kind, "data": {"uri": uri}} for kind in later
        ]

    async def resolve(self, action: dict[str, Any]) -> dict[str, Any]:
        """Answer ``codeAction/resolve``: work out the edit for the text as it is now.

        An edit that was worked out for an earlier text is emptied where the client would apply
        it: without ``documentChanges`` edits have no version, and Neovim takes 0 for none.
        """
        data, kind = action.get("data"), action.get("kind")
        uri = data.get("uri") if isinstance(data, dict) else None
        document = self._documents.get(uri) if isinstance(uri, str) else None
        if data and "edit" in action:
            version = data.get("version")
            safe = self._client.document_changes and version
            current = document is not None and document.version == version
            return action if safe or current else action | {"edit": {"changes": {}}}
        if document is None or kind not in _TITLES:
            return action
        everything = {
            "start": {"line": 0, "character": 0},
            "end": document.wire_position(document.end, self._client.encoding),
        }
        found = await self._ask(document, everything, [kind])
        return action | {"edit": found[0]["edit"] if found else {"changes": {}}}

    async def forward(self, method: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """Let ruff answer a request (formatting, hover) whose result needs no change.

        Raises:
            ContentModifiedError: The document changed meanwhile.
        """
        uri = params["textDocument"]["uri"]
        document = self._documents.get(uri)
        if document is None:
            return None
        answer = await _FORWARDED[method].ask(None, self._answer, document, method, params)
        self._check_unchanged(document)
        return answer

    async def _answer(self, document: Document, method: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401
        ruff = await self._ruff(document.uri)
        if ruff is None:
            return None
        try:
            return await ruff.ask(document, method, params)
        except (ToolError, RpcError) as error:
            log.warning("ruff cannot answer %s: %s", method, error)
            return None

    async def _ruff(self, uri: str) -> Ruff | None:
        """The ruff that looks after a document, if it is open."""
        await self._ready.wait()
        return None if self._documents.get(uri) is None else self._projects.of(uri).ruff

    async def _ask(
        self, document: Document, where: Mapping[str, Any], kinds: Sequence[str]
    ) -> list[dict[str, Any]]:
        nothing: list[dict[str, Any]] = []
        found = await _FIXES.ask(nothing, self._fixes, document, where, kinds)
        self._check_unchanged(document)
        return found

    async def _fixes(
        self, document: Document, where: Mapping[str, Any], kinds: Sequence[str]
    ) -> list[dict[str, Any]]:
        ruff = await self._ruff(document.uri)
        if ruff is None:
            return []
        try:
            actions = await ruff.code_actions(
                document,
                document.range(where, self._client.encoding),
                [_RUFF_KINDS[kind] for kind in kinds],
            )
        except (ToolError, RpcError) as error:
            log.warning("ruff has no code actions: %s", error)
            return []
        return [self._ours(action, document) for action in actions]

    def _ours(self, action: Mapping[str, Any], document: Document) -> dict[str, Any]:
        """One of ruff's code actions as the client should see it."""
        kinds = {ruff: ours for ours, ruff in _RUFF_KINDS.items()}
        result: dict[str, Any] = {
            "title": action["title"],
            "kind": kinds[action["kind"]],
            "edit": self._edit(action["edit"], document),
            "data": {"uri": document.uri, "version": document.version},
        }
        if action.get("isPreferred"):
            result["isPreferred"] = True
        # The client knows the diagnostics as they were shown to it, not as ruff wrote them.
        mended = [
            shown
            for shown in self._publisher.shown(document.uri)
            for fixed in action.get("diagnostics") or ()
            if shown["range"] == fixed["range"] and fixed["message"].startswith(shown["message"])
        ]
        if mended:
            result["diagnostics"] = mended
        return result

    def _edit(self, edit: Mapping[str, Any], document: Document) -> dict[str, Any]:
        """A workspace edit that says which version of the document it is for."""
        edits = [
            text_edit for change in edit.get("documentChanges", ()) for text_edit in change["edits"]
        ]
        if not self._client.document_changes:
            return {"changes": {document.uri: edits}}
        identifier = {"uri": document.uri, "version": document.version}
        return {"documentChanges": [{"textDocument": identifier, "edits": edits}]}

    def _check_unchanged(self, document: Document) -> None:
        if self._documents.get(document.uri) is not document:
            raise ContentModifiedError


def within(kind: str, asked: str) -> bool:
    """Whether a kind of code action is of the kind that was asked for, or below it."""
    return not asked or kind == asked or kind.startswith(f"{asked}.")
