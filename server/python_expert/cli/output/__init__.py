"""Findings as text and in the formats of other programs, for the shell."""

from python_expert.cli.output.lines import (
    Located,
    ReportFormat,
    github_line,
    json_array,
    place,
    printable,
    shown,
    text_line,
)
from python_expert.cli.output.sarif import sarif_log
from python_expert.cli.output.summary import (
    Unlisted,
    count,
    coverage,
    known,
    missing,
    statistics,
    summary,
)
from python_expert.cli.output.terminal import (
    progress_bar,
    tell,
    terminal,
    tool_progress,
    warn,
)

__all__ = [
    "Located",
    "ReportFormat",
    "Unlisted",
    "count",
    "coverage",
    "github_line",
    "json_array",
    "known",
    "missing",
    "place",
    "printable",
    "progress_bar",
    "sarif_log",
    "shown",
    "statistics",
    "summary",
    "tell",
    "terminal",
    "text_line",
    "tool_progress",
    "warn",
]
