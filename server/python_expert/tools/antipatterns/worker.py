"""The process that checks texts for `apart`. It imports only what the rules need, to start soon."""

from __future__ import annotations

import gc
import traceback
from typing import TYPE_CHECKING, Any

from python_expert.processes.wire import (
    INTERNAL_ERROR,
    TREE_OBJECTS,
    Connection,
    RequestError,
    lower_priority,
    on_deep_stack,
    serve,
)
from python_expert.text.document import Document
from python_expert.tools.antipatterns.checking import check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.diagnostics.finding import Finding

NICE = 10
"""The niceness of our rules: ruff, mypy and the editor have priority if there are few cores."""


def main() -> None:
    """Serve until the input ends."""
    connection = Connection()
    lower_priority(NICE)
    gc.set_threshold(TREE_OBJECTS)
    on_deep_stack(lambda: serve(connection, {"check": _check}, _explain))


def _check(texts: list[tuple[str, str, bool]]) -> list[dict[str, Any]]:
    reports = [check(Document.of(uri, 0, text), style=style) for uri, text, style in texts]
    return [
        {
            "parsed": report.parsed,
            "findings": _fields(report.findings),
            "silenced": _fields(report.silenced),
        }
        for report in reports
    ]


def _fields(findings: Iterable[Finding]) -> list[tuple[Any, ...]]:
    return [
        (*each.range.start, *each.range.end, each.code, each.message, each.severity.value)
        for each in findings
    ]


def _explain(error: BaseException) -> RequestError:
    traceback.print_exception(error)
    return RequestError(f"an internal error of Python Expert: {error!r}", code=INTERNAL_ERROR)


if __name__ == "__main__":
    main()
