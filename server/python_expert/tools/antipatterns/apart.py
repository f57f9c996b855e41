"""Checks texts in a separate process: long texts, and large numbers of texts.

While Python parses a text, no other thread can run, so the event loop would wait for it.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import traceback
from typing import TYPE_CHECKING, Any

import orjson

from python_expert.diagnostics.finding import Finding, Report, Severity
from python_expert.processes.child import Child
from python_expert.processes.command import Command, ToolError
from python_expert.processes.jsonrpc import RpcError, dumps
from python_expert.processes.wire import (
    INTERNAL_ERROR,
    Connection,
    RequestError,
    lower_priority,
    on_deep_stack,
    serve,
)
from python_expert.text.document import Document, Position, Range
from python_expert.tools.antipatterns.spec import ANTIPATTERNS
from python_expert.tools.base import environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

DEADLINE_S = 60.0
"""The deadline of one check in seconds; 1,000 lines take about 0.01 s."""

OBJECTS = 50_000
"""The number of new objects before Python collects garbage; syntax trees have many and no garbage.
"""

NICE = 10
"""The niceness of our rules: ruff, mypy and the editor have priority if there are few cores."""

_MODULE = "python_expert.tools.antipatterns.apart"


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


def _fields(findings: Iterable[Finding]) -> list[tuple[Any, ...]]:
    return [
        (*each.range.start, *each.range.end, each.code, each.message, each.severity.value)
        for each in findings
    ]


def main() -> None:
    """Serve until the input ends."""
    connection = Connection(orjson.loads, dumps)
    lower_priority(NICE)
    gc.set_threshold(OBJECTS)
    on_deep_stack(lambda: serve(connection, {"check": _check}, _explain))


def _check(texts: list[tuple[str, str, bool]]) -> list[dict[str, Any]]:
    from python_expert.tools.antipatterns.checking import check  # noqa: PLC0415 - only in the process

    reports = [check(Document.of(uri, 0, text), style=style) for uri, text, style in texts]
    return [
        {
            "parsed": report.parsed,
            "findings": _fields(report.findings),
            "silenced": _fields(report.silenced),
        }
        for report in reports
    ]


def _explain(error: BaseException) -> RequestError:
    traceback.print_exception(error)
    return RequestError(f"an internal error of Python Expert: {error!r}", code=INTERNAL_ERROR)


if __name__ == "__main__":
    main()
