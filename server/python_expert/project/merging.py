"""Decides which findings of a run over files can already be shown."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.diagnostics.store import DiagnosticStore
from python_expert.processes.command import ToolError
from python_expert.processes.jsonrpc import RpcError
from python_expert.text.decoding import readable
from python_expert.text.document import Document
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from python_expert.diagnostics.deduplication import MergeRules
    from python_expert.diagnostics.finding import Finding, Report, ToolName

log = logging.getLogger(__name__)


class ToolUpdate(NamedTuple):
    """A batch of reports of a tool; empty if the tool has finished."""

    tool: ToolName
    reports: Sequence[Report] = ()
    error: str = ""


class Merging:
    """Merges the findings of several tools while they run.

    Of two findings for the same problem, only one tool's is shown, so the other finding waits until
    that tool has finished. A suppression comment for the other tool may silence both, so in a file
    with such a comment the first finding waits as well.

    Args:
        running: The tools that are running.
        rules: The rules for duplicates.
        document: The document that is checked, if it is not on disk.
        new: Returns those of a document's findings that are not known.
    """

    def __init__(
        self,
        running: set[ToolName],
        rules: Mapping[str, MergeRules],
        document: Document | None,
        new: Callable[[Document, list[Finding]], list[Finding]],
    ) -> None:
        self.running = running
        self._new = new
        self._rules = rules
        self._document = document
        self._store = DiagnosticStore(rules, sys.maxsize)
        # The findings that were passed on already, as each is shown once.
        self._shown: dict[str, set[Finding]] = {}

    def take(self, event: ToolUpdate) -> list[tuple[Path, Finding]]:
        """Handle an event; return the findings that can be shown now."""
        for report in event.reports:
            self._store.put(report)
            self._shown.setdefault(report.uri, set())
        if not event.reports:
            self.running.discard(event.tool)
        uris = [report.uri for report in event.reports] or list(self._shown)
        return [found for uri in uris for found in self._unshown(uri)]

    def _unshown(self, uri: str) -> list[tuple[Path, Finding]]:
        path = to_path(uri) or Path("<stdin>")
        document = self._document or read(uri, path)
        shown = self._shown[uri]
        waits: dict[tuple[str, str], bool] = {}
        added: list[Finding] = []
        for finding in sorted(self._store.findings(document), key=lambda each: each.range):
            rule = finding.tool, finding.code
            if rule not in waits:
                waits[rule] = self._waits(*rule, document)
            if not waits[rule] and finding not in shown:
                shown.add(finding)
                added.append(finding)
        return [(path, finding) for finding in self._new(document, added)]

    def _waits(self, tool: str, code: str, document: Document) -> bool:
        """Return whether a running tool may still report or silence the same problem."""
        if self._rules[tool].preferred in self.running:
            return True
        others = (self._rules[name] for name in self.running)
        return any(
            rules.better_than(code) or (rules.comment and rules.comment in document.text)
            for rules in others
            if rules.preferred == tool
        )


def read(uri: str, path: Path) -> Document:
    """Read a file on disk as a document; empty if the file was deleted."""
    try:
        return Document.of(uri, 0, readable(path.read_bytes()))
    except OSError:
        return Document.of(uri, 0, "")


async def feed(
    queue: asyncio.Queue[ToolUpdate], name: ToolName, work: AsyncIterator[list[Report]]
) -> None:
    """Put a tool's reports into a queue, and an empty update at the end."""
    error = ""
    try:
        async for reports in work:
            if reports:
                await queue.put(ToolUpdate(name, reports))
    except (ToolError, RpcError) as fault:
        error = str(fault)
    except Exception as fault:  # the other tools are not affected
        log.exception("%s: checking failed", name)
        error = f"an internal error of Python Expert: {fault!r}"
    await queue.put(ToolUpdate(name, error=error))
