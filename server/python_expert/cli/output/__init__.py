"""Findings as text, JSON, SARIF and GitHub annotations, for the shell."""

from python_expert.cli.output.lines import (
    Located,
    ReportFormat,
    github_line,
    json_array,
    printable,
    shown,
    text_line,
)
from python_expert.cli.output.sarif import sarif_log
from python_expert.cli.output.terminal import progress_bar, tell, warn

__all__ = [
    "Located",
    "ReportFormat",
    "github_line",
    "json_array",
    "printable",
    "progress_bar",
    "sarif_log",
    "shown",
    "tell",
    "text_line",
    "warn",
]
