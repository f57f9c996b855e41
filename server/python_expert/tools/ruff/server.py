"""A child `ruff server`, which receives the editor's documents and answers pull requests."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from python_expert.processes.child import Child
from python_expert.text.paths import to_uri
from python_expert.tools.ruff import invocation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from python_expert.processes.jsonrpc import JsonRpc
    from python_expert.text.document import Document
    from python_expert.tools.ruff.invocation import RuffLaunch
    from python_expert.tools.ruff.profile import ExpertProfile

AT_ONCE = 8
"""The number of documents that ruff checks at the same time, so that the last of many meets the
deadline."""


class RuffServer:
    """One child process `ruff server`, with the documents that it knows.

    Args:
        launch: The parameters of ruff.
        profile: The expert profile that overrides the project's configuration, if it applies.
        on_version: Called with ruff's version when it has started.

    Attributes:
        user_messages: Ruff's messages for the user; usually that it cannot read a configuration and
            uses its default rules.
    """

    def __init__(
        self,
        launch: RuffLaunch,
        profile: ExpertProfile | None,
        on_version: Callable[[str], None],
    ) -> None:
        self.user_messages: dict[str, None] = {}
        self._launch = launch
        self._settings = invocation.server_settings(launch.args, profile)
        self._on_version = on_version
        self._generation = 0
        self._turns = asyncio.Semaphore(AT_ONCE)
        # The documents that the child knows, as only changes are sent to it.
        self._known: dict[str, Document] = {}
        # The child's latest diagnostics in its own form: the data of its fixes is sent back to it.
        self._diagnostics: dict[str, tuple[Document, list[dict[str, Any]]]] = {}
        trust = () if launch.trusted else ("--untrusted-workspace",)
        self.child = Child(
            "ruff",
            invocation.command(launch.executable, launch.root, "server", *trust),
            self._handshake,
            deadline_s=invocation.DEADLINE_S,
            on_notification=self._notified,
        )

    async def diagnostics(self, document: Document) -> list[dict[str, Any]] | None:
        """Return ruff's diagnostics for a document, or None if ruff knows a later version."""
        checked, items = self._diagnostics.get(document.uri, (None, []))
        if checked is not document or self._generation != self.child.generation:
            async with self._turns:
                await self.child.start()
                if not self._sync(document):
                    return None
                answer = await self._request(document, "textDocument/diagnostic", {})
            with self.child.reading():
                items = list(answer["items"])
            self._diagnostics[document.uri] = (document, items)
        return items

    async def ask(self, document: Document, method: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON is untyped
        """Send a document and a request about it to ruff; None if ruff knows a later version."""
        await self.child.start()
        self._sync(document)
        return await self._request(document, method, params)

    def close(self, uri: str) -> None:
        """Forget a document."""
        self._diagnostics.pop(uri, None)
        if self._known.pop(uri, None) is not None:
            self.child.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    async def _request(self, document: Document, method: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON is untyped
        identifier = {"uri": document.uri}
        return await self.child.request(method, {"textDocument": identifier, **params})

    def _sync(self, document: Document) -> bool:
        """Send ruff the changes of a document.

        A request may still be running when its document is closed and opened again.

        Returns:
            Whether ruff now has this version, and not a later one.
        """
        if self._generation != self.child.generation:  # a new child knows nothing yet
            self._generation = self.child.generation
            self._known.clear()
            self._diagnostics.clear()
        known = self._known.get(document.uri)
        if known is not None and known.opening < document.opening:
            self.close(document.uri)
            known = None
        if known is not None and not known.is_older(document):
            return known is document
        self._known[document.uri] = document
        identifier: dict[str, Any] = {"uri": document.uri, "version": document.version}
        if known is None:
            identifier |= {"languageId": "python", "text": document.text}
            self.child.notify("textDocument/didOpen", {"textDocument": identifier})
            return True
        steps = document.steps_since(known.version)
        changes = (
            [{"text": document.text}]
            if steps is None
            else [change for step in steps for change in step.changes]
        )
        self.child.notify(
            "textDocument/didChange", {"textDocument": identifier, "contentChanges": changes}
        )
        return True

    def _notified(self, method: str, params: Any) -> None:  # noqa: ANN401 - JSON is untyped
        if method == "window/showMessage":
            self.user_messages[str(params.get("message", ""))] = None

    async def _handshake(self, rpc: JsonRpc) -> None:
        root = self._launch.root
        answer = await rpc.request(
            "initialize",
            {
                "processId": None,
                "rootUri": None,
                "workspaceFolders": [{"uri": to_uri(root), "name": root.name}],
                "initializationOptions": {"settings": self._settings},
                "capabilities": {
                    "general": {"positionEncodings": [self._launch.encoding]},
                    "workspace": {
                        "workspaceEdit": {"documentChanges": True},
                        # Otherwise ruff warns that it does not reload; it is restarted instead.
                        "didChangeWatchedFiles": {"dynamicRegistration": True},
                    },
                    "textDocument": {
                        "diagnostic": {},
                        "publishDiagnostics": {"relatedInformation": True},
                        "codeAction": {
                            "dataSupport": True,
                            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}},
                        },
                    },
                },
            },
        )
        self._on_version(str(answer.get("serverInfo", {}).get("version", "")))
        rpc.notify("initialized", {})
