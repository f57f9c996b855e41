"""The lens over a file with the percentage that tests cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from python_expert.isolation import ToolBarriers
from python_expert.lsp.commands import RUN_TESTS
from python_expert.text.paths import to_uri
from python_expert.tools.coverage import MeasuresCoverage, rounded
from python_expert.tools.tests import STALE

if TYPE_CHECKING:
    from python_expert.project.project import Project
    from python_expert.text.document import Document

_COVERAGE = ToolBarriers("showing the coverage of {}")

_TOP = {"line": 0, "character": 0}


async def coverage_lens(project: Project, document: Document) -> list[dict[str, Any]]:
    """Return the lens in a document's first line, which runs all tests; none without coverage."""
    for tool in project.tools.values():
        if not isinstance(tool, MeasuresCoverage):
            continue
        share = await _COVERAGE[tool.name].ask(None, tool.share_of, document)
        total = tool.coverage_total()
        if share is None or total is None:
            continue
        title = f"Tests cover {rounded(share.percent, total.precision)} %"
        if total.shortfall:
            title += f" ({total.shortfall})"
        if share.is_failing:
            title += " (a test that runs this file fails)"
        if share.is_stale:
            title += f" ({STALE})"
        command = {
            "title": title,
            "command": RUN_TESTS,
            "arguments": [{"uri": to_uri(project.root)}],
        }
        return [{"range": {"start": _TOP, "end": _TOP}, "command": command}]
    return []
