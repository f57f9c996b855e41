"""Checks texts in a separate process, `worker`: long texts, and large numbers of texts.

While Python parses a text, no other thread can run, so the event loop would wait for it.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from python_expert.diagnostics.finding import Finding, Report, Severity
from python_expert.processes.child import Child
from python_expert.processes.command import Command, ToolError
from python_expert.processes.jsonrpc import RpcError
from python_expert.text.document import Position, Range
from python_expert.tools.antipatterns.spec import ANTIPATTERNS
from python_expert.tools.base import environment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from python_expert.text.document import Document

DEADLINE_S = 60.0
"""The deadline of one check in seconds; 1,000 lines take about 0.01 s."""

_MODULE = "python_expert.tools.antipatterns.worker"


class ApartChecker:
    """A process that checks documents, started by the first check.

    Args:
        root: The folder to run it in.
    """

    def __init__(self, root: Path) -> None:
        command = Command((sys.executable, "-m", _MODULE), root, environment(root, trusted=False))
        self._child = Child(ANTIPATTERNS.title, command, deadline_s=DEADLINE_S)
        self._turn = asyncio.Lock()  # so that a check's deadline does not run while others work

    async def check(self, wanted: Sequence[tuple[Document, bool]]) -> list[Report]:
        """Check documents.

        Args:
            wanted: The documents; the flag tells whether style rules apply.

        Raises:
            ToolError: The process did not do its work.
        """
        texts = [[document.uri, document.text, style] for document, style in wanted]
        try:
            async with self._turn:
                answers = await self._child.request("check", {"texts": texts})
        except RpcError as error:
            raise ToolError(str(error)) from error
        with self._child.reading():
            return [
                Report(
                    ANTIPATTERNS,
                    document.uri,
                    document.version,
                    tuple(map(_finding, answer["findings"])),
                    parsed=answer["parsed"],
                    silenced=tuple(map(_finding, answer["silenced"])),
                )
                for (document, _), answer in zip(wanted, answers, strict=True)
            ]

    async def stop(self) -> None:
        """End the process."""
        await self._child.stop()


def _finding(fields: Sequence[Any]) -> Finding:
    line, column, end_line, end_column, code, message, severity = fields
    where = Range(Position(line, column), Position(end_line, end_column))
    return Finding(ANTIPATTERNS, where, code, message, Severity(severity))
