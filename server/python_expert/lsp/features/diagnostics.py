"""Findings as LSP diagnostics: pushed to clients, or returned to clients that pull."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson

from python_expert.baseline.identity import identity
from python_expert.isolation import ToolBarriers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from python_expert.diagnostics.finding import Finding
    from python_expert.lsp.client import Client
    from python_expert.lsp.documents import Documents
    from python_expert.lsp.features.visible_findings import VisibleFindings
    from python_expert.text.document import Document

Diagnostic = dict[str, Any]

_SHOWN = ToolBarriers("showing a finding of {}")

_SEARCHED = (
    "; searched the packages of {}: install it there, activate the environment that has it, or set "
    "pythonExpert.interpreter"
)


class Publisher:
    """Publishes the findings of each document.

    Args:
        visible: The findings of a document that are shown.
        documents: The open documents.
        client: The client's capabilities.
        send: Sends a notification.
        refresh: Asks the client to request diagnostics again.
    """

    def __init__(
        self,
        visible: VisibleFindings,
        documents: Documents,
        client: Client,
        send: Callable[[str, object], None],
        refresh: Callable[[], None],
    ) -> None:
        self._visible = visible
        self._documents = documents
        self._client = client
        self._send = send
        self._refresh = refresh
        # The diagnostics that the client shows: only changes are pushed, and code actions use them.
        self._shown: dict[str, tuple[int, list[Diagnostic]]] = {}
        self._answered: dict[str, str] = {}

    def update(self, uri: str) -> None:
        """Publish a document's findings after a change."""
        document = self._documents.get(uri)
        if document is None or not self._visible.is_read(uri):
            return
        diagnostics = self._diagnostics(document)
        if self._client.pull:
            if uri in self._answered and self._answered[uri] != _result_id(diagnostics):
                # One request is enough: the client then requests the diagnostics of all documents
                # that it shows.
                del self._answered[uri]
                self._refresh()
        elif self._shown.get(uri) != (document.version, diagnostics):
            self._shown[uri] = (document.version, diagnostics)
            self._push(uri, document.version, diagnostics)

    def update_all(self) -> None:
        """Publish the findings of all open documents."""
        for document in self._documents:
            self.update(document.uri)

    def clear(self, uri: str) -> None:
        """Remove the findings of a closed document."""
        self._answered.pop(uri, None)
        _, diagnostics = self._shown.pop(uri, (0, []))
        if diagnostics and not self._client.pull:
            self._push(uri, None, [])

    def answer(self, document: Document, previous: str | None) -> dict[str, Any]:
        """Answer ``textDocument/diagnostic`` with the findings known now."""
        diagnostics = self._diagnostics(document)
        result = _result_id(diagnostics)
        self._shown[document.uri] = (document.version, diagnostics)
        self._answered[document.uri] = result
        if result == previous:
            return {"kind": "unchanged", "resultId": result}
        return {"kind": "full", "resultId": result, "items": diagnostics}

    def shown(self, uri: str) -> list[Diagnostic]:
        """Return the diagnostics that the client shows for a document."""
        return self._shown.get(uri, (0, []))[1]

    def _push(self, uri: str, version: int | None, diagnostics: list[Diagnostic]) -> None:
        params: dict[str, Any] = {"uri": uri, "diagnostics": diagnostics}
        if version is not None:
            params["version"] = version
        self._send("textDocument/publishDiagnostics", params)

    def _diagnostics(self, document: Document) -> list[Diagnostic]:
        return diagnostics(self._visible.of(document), document, self._client, self._documents)


def diagnostics(
    findings: Iterable[Finding], document: Document, client: Client, documents: Documents
) -> list[Diagnostic]:
    """Convert findings to LSP diagnostics."""
    shown = (
        _SHOWN[finding.tool].call(None, diagnostic, finding, document, client, documents)
        for finding in findings
    )
    return [each for each in shown if each is not None]


def diagnostic(
    finding: Finding, document: Document, client: Client, documents: Documents
) -> Diagnostic:
    """Return a finding as an LSP diagnostic; ``data`` holds the attributes of its `Identity`."""
    result: Diagnostic = {
        "range": document.wire_range(finding.range, client.encoding),
        "severity": finding.severity,
        "source": finding.tool.title,
        "message": finding.message,
    }
    if finding.searched:
        result["message"] += _SEARCHED.format(finding.searched)
    if finding.code:
        result["code"] = finding.code
        if finding.url and client.code_description:
            result["codeDescription"] = {"href": finding.url}
    if client.data:
        result["data"] = identity(finding, document)._asdict()
    if finding.tags and client.tags:
        result["tags"] = [int(tag) for tag in finding.tags]
    if finding.notes and not client.related:
        result["message"] += "".join(f"\nnote: {note.message}" for note in finding.notes)
    elif finding.notes:
        result["relatedInformation"] = [
            {
                "location": {
                    "uri": note.uri,
                    "range": (documents.get(note.uri) or document).wire_range(
                        note.range, client.encoding
                    ),
                },
                "message": note.message,
            }
            for note in finding.notes
        ]
    return result


def _result_id(diagnostics: list[Diagnostic]) -> str:
    return hashlib.blake2b(orjson.dumps(diagnostics), digest_size=8).hexdigest()
