"""Shows findings in files that are not open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.lsp.features.diagnostics import diagnostics
from python_expert.project.merging import read
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from python_expert.diagnostics.finding import Report
    from python_expert.lsp.client import Client
    from python_expert.lsp.documents import Documents
    from python_expert.lsp.features.diagnostics import Diagnostic


class ClosedFiles:
    """Publishes findings in files that are not open; each source has its own.

    The findings are pushed, even to clients that pull, because such clients only request the
    findings of open files.

    Args:
        documents: The open documents.
        client: The client's capabilities.
        send: Sends a notification.
    """

    def __init__(
        self, documents: Documents, client: Client, send: Callable[[str, object], None]
    ) -> None:
        self._documents = documents
        self._client = client
        self._send = send
        self._shown: dict[str, dict[str, list[Diagnostic]]] = {}

    def report(self, report: Report) -> None:
        """Show a tool's findings in a file, in place of its earlier ones."""
        path = to_path(report.uri)
        if path is None or self.is_open(path):
            return
        found: list[Diagnostic] = []
        if report.findings:
            document = read(report.uri, path)
            found = diagnostics(report.findings, document, self._client, self._documents)
        self.show(report.uri, report.tool, found)

    def show(self, uri: str, source: str, found: list[Diagnostic]) -> None:
        """Show a source's findings in a file, in place of its earlier ones."""
        sources = self._shown.setdefault(uri, {})
        before = sources.pop(source, [])
        if found:
            sources[source] = found
        if not sources:
            del self._shown[uri]
        if before != found:
            self._publish(uri, [each for shown in sources.values() for each in shown])

    def opened(self, uri: str) -> None:
        """Remove the findings in a file that was opened, because it is an open document now."""
        path = to_path(uri)
        for each in [known for known in self._shown if to_path(known) == path]:
            del self._shown[each]
            self._publish(each, [])

    def is_open(self, path: Path) -> bool:
        """Return whether a file is open."""
        return any(to_path(document.uri) == path for document in self._documents)

    def _publish(self, uri: str, found: list[Diagnostic]) -> None:
        params = {"uri": uri, "diagnostics": found}
        self._send("textDocument/publishDiagnostics", params)
