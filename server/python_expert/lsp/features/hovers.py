"""Hovers: explanations of the rules of findings, and declarations of names."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING, Any

from python_expert.config.settings import HoverContent
from python_expert.isolation import FaultBarrier
from python_expert.processes.command import ToolError
from python_expert.text.document import Range
from python_expert.tools.types import KnowsNames

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence

    from python_expert.diagnostics.finding import Finding, ToolName
    from python_expert.lsp.feature_context import FeatureContext
    from python_expert.lsp.features.code_actions import Actions
    from python_expert.lsp.features.quick_fixes import QuickFixes
    from python_expert.project.project import Project
    from python_expert.text.document import Document, Position

log = logging.getLogger(__name__)

HOVER = "textDocument/hover"

_NAMED = FaultBarrier("describing a name")
_EXPLAINED = FaultBarrier("explaining a rule")

_FENCE = re.compile(r"^```.*\n?", re.MULTILINE)
_HEADING = re.compile(r"^#+ +", re.MULTILINE)
_LINK = re.compile(r"\[([^\]\n]+)\]\(([^)\s]+)\)")


class Hovers:
    """Answers hovers with the explanations and the declaration at a place.

    Args:
        actions: Forwards requests to the tools.
        shown: Finds the findings at a place.
        context: The context that the features of the session share.
    """

    def __init__(self, actions: Actions, shown: QuickFixes, context: FeatureContext) -> None:
        self._actions = actions
        self._shown = shown
        _, self._documents, self._projects, self._client, _ = context

    async def hover(self, params: Mapping[str, Any]) -> dict[str, Any] | None:
        """Answer ``textDocument/hover``.

        Raises:
            ContentModifiedError: The document changed during the request.
        """
        document = self._documents.get(params["textDocument"]["uri"])
        if document is None:
            return None
        # The text of the tool's own hover is used; the request also waits until all is ready.
        theirs = await self._actions.forward(HOVER, params)
        project = self._projects.of(document.uri)
        if project.settings.features.hover is HoverContent.OFF:
            return None
        place = {"start": params["position"], "end": params["position"]}
        at = document.range(place, self._client.encoding).start
        found = self._findings(document, at)
        asked = _explanations(project, found)
        if project.settings.features.hover is not HoverContent.FINDINGS:
            asked.insert(0, _NAMED.ask("", _name, project, document, at))
        texts = [_text(theirs), *await asyncio.gather(*asked)]
        self._actions.check_unchanged(document)
        return self._answer(texts)

    def _findings(self, document: Document, at: Position) -> list[Finding]:
        """Return the findings at a place; a multi-line finding only counts in its first line."""
        found = self._shown.findings(document, Range(at, at))
        return [each for each in found if each.range.start.line == at.line]

    def _answer(self, texts: Sequence[str]) -> dict[str, Any] | None:
        parts = [text.strip() for text in texts if text.strip()]
        if not parts:
            return None
        if self._client.markdown:
            return {"contents": {"kind": "markdown", "value": "\n\n---\n\n".join(parts)}}
        value = "\n\n".join(map(plain, parts))
        return {"contents": {"kind": "plaintext", "value": value}}


def plain(markdown: str) -> str:
    """Convert Markdown to plain text: no heading and code marks, links with their addresses."""
    text = _FENCE.sub("", markdown)
    return _LINK.sub(r"\1: \2", _HEADING.sub("", text))


def _explanations(project: Project, found: Sequence[Finding]) -> list[Coroutine[Any, Any, str]]:
    """Return the explanations of the rules of findings, each once."""
    rules = dict.fromkeys((each.tool, each.code) for each in found if each.code)
    return [_EXPLAINED.ask("", _explanation, project, tool, code) for tool, code in rules]


async def _name(project: Project, document: Document, at: Position) -> str:
    """Return the declaration of the name at a place, if a tool has checked this version."""
    for name, tool in project.tools.items():
        if isinstance(tool, KnowsNames) and project.latest(name, document):
            try:
                known = await tool.name_at(project.documents, document, at)
            except ToolError as error:
                log.warning("%s cannot describe a name: %s", name, error)
                continue
            if known:
                return f"```python\n{known.declaration}\n```\n\n{known.docstring}"
    return ""


async def _explanation(project: Project, name: ToolName, code: str) -> str:
    tool = project.tools.get(name)
    try:
        return (await tool.explanations()).get(code, "") if tool else ""
    except ToolError as error:
        log.warning("%s cannot explain its rules: %s", name, error)
        return ""


def _text(hover: Any) -> str:  # noqa: ANN401 - JSON is untyped
    """Return the text of a tool's hover, in any of LSP's forms."""
    contents = hover.get("contents") if isinstance(hover, dict) else None
    value = contents.get("value") if isinstance(contents, dict) else contents
    return value if isinstance(value, str) else ""
