"""Checks texts in a separate process: long texts, and large numbers of texts.

While Python parses a text, no other thread can run, so the event loop would wait for it.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from python_expert.diagnostics.finding import Finding, Report, Severity
from python_expert.processes.command import Command, run
from python_expert.processes.wire import lower_priority
from python_expert.text.document import Document, Position, Range
from python_expert.tools.answers import reading
from python_expert.tools.antipatterns.spec import ANTIPATTERNS
from python_expert.tools.base import environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

DEADLINE_S = 60.0
"""The deadline of one run in seconds; 1,000 lines take about 0.01 s."""

NICE = 10
"""The niceness of our rules: ruff, mypy and the editor have priority if there are few cores."""

_MODULE = "python_expert.tools.antipatterns.apart"


async def check_apart(root: Path, wanted: Sequence[tuple[Document, bool]]) -> list[Report]:
    """Check documents in a new process.

    Args:
        root: The folder to run it in.
        wanted: The documents; the flag tells whether style rules apply.

    Raises:
        ToolError: The process did not do its work.
    """
    command = Command((sys.executable, "-m", _MODULE), root, environment(root, trusted=False))
    texts = [[document.uri, document.text, style] for document, style in wanted]
    sent = json.dumps(texts).encode()
    _, out, err = await run(command, stdin=sent, deadline_s=DEADLINE_S)
    with reading(ANTIPATTERNS.title, out, err):
        return [
            Report(
                ANTIPATTERNS,
                document.uri,
                document.version,
                tuple(map(_finding, answer["findings"])),
                parsed=answer["parsed"],
                silenced=tuple(map(_finding, answer["silenced"])),
            )
            for (document, _), answer in zip(wanted, json.loads(out), strict=True)
        ]


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
    """Check the texts on standard input, and print the findings."""
    from python_expert.tools.antipatterns.checking import check  # noqa: PLC0415 - only here

    lower_priority(NICE)
    answers = []
    for uri, text, style in json.load(sys.stdin):
        report = check(Document.of(uri, 0, text), style=style)
        answers.append(
            {
                "parsed": report.parsed,
                "findings": _fields(report.findings),
                "silenced": _fields(report.silenced),
            }
        )
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
