"""Conversion of a candidate to the project's own style before it is shown.

The result is proven again. If that fails, the candidate stays unchanged.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from python_expert.gate.verdict import Status
from python_expert.processes.command import ToolError
from python_expert.text.differences import blocks
from python_expert.text.document import split_lines
from python_expert.tools.base import FixesText, Formats

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.actions.base import Options
    from python_expert.gate.comparison import Found
    from python_expert.pipeline.client import Worker
    from python_expert.pipeline.request import Request
    from python_expert.pipeline.written import Written
    from python_expert.text.document import Document

_NOT_FIXED = frozenset({"RUF100"})
"""Rules without fixes: with selected rules, ruff takes other rules' suppressions to be unused."""


class Normaliser:
    """Normalises the candidates of one rewrite.

    Args:
        worker: The process that proves texts.
        request: The user's request.
        document: The text before.
    """

    def __init__(self, worker: Worker, request: Request, document: Document) -> None:
        self._worker = worker
        self._request = request
        self._document = document
        self._was_formatted = True  # an assumption until `formatted` checks it

    async def formatted(self, written: Written, options: Options) -> Written:
        """Return the candidate formatted by the project's formatter.

        The candidate stays unchanged if the text was not formatted before.
        """
        document, tools = self._document, self._request.project.tools.values()
        formatter = next((tool for tool in tools if isinstance(tool, Formats)), None)
        if formatter is None or written.code != document.text or not self._was_formatted:
            return written
        try:
            formatted, text = await asyncio.gather(
                formatter.formatted(document, document.text),
                formatter.formatted(document, written.after),
            )
        except ToolError:
            return written
        self._was_formatted = formatted == document.text
        if not self._was_formatted:
            return written
        return await self._proven(written, text, options)

    async def fixed(self, written: Written, noted: Iterable[Found], options: Options) -> Written:
        """Return the candidate with the tools' safe fixes for findings that do not block.

        A fix is used only if it stays within the lines that the edit added.

        Args:
            written: The candidate.
            noted: New findings that do not block.
            options: The context of the rewrite.
        """
        document = self._document
        if written.code != document.text:
            return written
        codes: dict[str, dict[str, None]] = {}
        for found in noted:
            if found.uri == document.uri and found.finding.code not in _NOT_FIXED:
                codes.setdefault(found.finding.tool, {})[found.finding.code] = None
        text = written.after
        for tool in self._request.project.tools.values():
            if tool.name in codes and isinstance(tool, FixesText):
                try:
                    fixed = await tool.fixed(document, text, tuple(codes[tool.name]))
                except ToolError:
                    continue
                if _stays_within(document.text, text, fixed):
                    text = fixed
        return await self._proven(written, text, options)

    async def _proven(self, written: Written, text: str, options: Options) -> Written:
        """Return the candidate with another text, unless the gate's verdict on it is worse."""
        if text == written.after:
            return written
        again = await self._worker.prove(self._request.action, self._document.text, text, options)
        if again.verdict.status is Status.REFUSED:
            return written
        return written._replace(
            edits=again.edits, after=again.after, verdict=again.verdict, steps=again.steps
        )


def _stays_within(before: str, after: str, fixed: str) -> bool:
    """Return whether a fix only changes, moves or extends lines that an edit added."""
    old, new, last = split_lines(before), split_lines(after), split_lines(fixed)
    added: set[int] = set()
    gaps: set[int] = set()  # the positions of added lines, as line numbers of the old text
    for part in blocks(old, new):
        gaps.add(part.new[0] - len(added))
        added.update(range(*part.new))
    kept = [line for number, line in enumerate(new) if number not in added]
    words = {new[number] for number in added}
    return all(
        part.old[0] == part.old[1]
        and (
            part.old[0] in gaps
            or all(line.strip() and line in words for line in last[slice(*part.new)])
        )
        for part in blocks(kept, last)
    )
