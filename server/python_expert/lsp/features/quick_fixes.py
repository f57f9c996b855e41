"""Our own quick fixes in the editor's menu, for the findings at the cursor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from python_expert.lsp.features.code_actions import QUICK_FIX, within
from python_expert.lsp.features.diagnostics import diagnostics
from python_expert.project.project import is_checked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from python_expert.diagnostics.finding import Finding
    from python_expert.lsp.client import Client
    from python_expert.lsp.documents import Documents
    from python_expert.lsp.projects import Projects
    from python_expert.project.project import Project
    from python_expert.quick_fixes.base import QuickFix
    from python_expert.text.document import Document, Range

UNTYPED = "no-untyped-def"
"""Mypy's code for a function that lacks type hints."""

ADD_HINTS = "refactor.rewrite.pythonExpert.addTypeHints"


class QuickFixes:
    """Offers the fixes of `python_expert.quick_fixes` for the findings that are shown.

    Args:
        findings: The findings of a document that are shown.
        documents: The open documents.
        projects: The projects of the documents.
        client: The client's capabilities.
    """

    def __init__(
        self,
        findings: Callable[[Document], list[Finding]],
        documents: Documents,
        projects: Projects,
        client: Client,
    ) -> None:
        self._findings = findings
        self._documents = documents
        self._projects = projects
        self._client = client

    async def with_hints(
        self,
        params: Mapping[str, Any],
        menu: Callable[[Mapping[str, Any]], Awaitable[list[dict[str, Any]]]],
    ) -> list[dict[str, Any]]:
        """Return the menu of rewrites, with "Add type hints" as a quick fix for mypy's findings.

        Args:
            params: The parameters of ``textDocument/codeAction``.
            menu: Creates the menu.
        """
        document = self._documents.get(params["textDocument"]["uri"])
        only = params["context"].get("only")
        if document is None or not (only is None or any(within(QUICK_FIX, each) for each in only)):
            return await menu(params)
        where = document.range(params["range"], self._client.encoding)
        untyped = [each for each in self.findings(document, where) if each.code == UNTYPED]
        if len(untyped) != 1:
            return await menu(params)
        if only is not None:
            params = {**params, "context": {**params["context"], "only": [*only, ADD_HINTS]}}
        solved = diagnostics(untyped, document, self._client, self._documents)
        return [
            each | {"kind": QUICK_FIX, "diagnostics": solved} if each["kind"] == ADD_HINTS else each
            for each in await menu(params)
        ]

    async def code_actions(self, document: Document, where: Range) -> list[dict[str, Any]]:
        """Return the quick fixes for a range, as LSP code actions for the current version."""
        found = self.findings(document, where)
        if not found:
            return []
        project = self._projects.of(document.uri)
        fixes = await asyncio.to_thread(_fixes, project, document, found)
        return [self._action(fix, document) for fix in fixes]

    def findings(self, document: Document, where: Range) -> list[Finding]:
        """Return the findings that touch a range, without duplicates, at current positions."""
        if not is_checked(document.uri):
            return []
        return [
            finding
            for finding in self._findings(document)
            if finding.range.start <= where.end and where.start <= finding.range.end
        ]

    def _action(self, fix: QuickFix, document: Document) -> dict[str, Any]:
        encoding = self._client.encoding
        edits = [
            {"range": document.wire_range(edit.range, encoding), "newText": edit.text}
            for edit in fix.edits
        ]
        action: dict[str, Any] = {
            "title": fix.title,
            "edit": {"documentChanges": [{"edits": edits}]},
            "diagnostics": diagnostics(fix.findings, document, self._client, self._documents),
        }
        return action | ({"isPreferred": True} if fix.preferred else {})


def _fixes(project: Project, document: Document, findings: list[Finding]) -> list[QuickFix]:
    """Compute the fixes. Reads files, so do not call it on the event loop."""
    # Importing the module that writes imports takes some 100 ms.
    from python_expert.pipeline.context import options_for  # noqa: PLC0415 - imported after the first findings
    from python_expert.quick_fixes.base import FixContext  # noqa: PLC0415 - imported after the first findings
    from python_expert.quick_fixes.registry import quick_fixes  # noqa: PLC0415 - imported after the first findings

    return quick_fixes(FixContext(document, options_for(project, document)), findings)
