"""The minimum of the gate: comments for a whole file do not count, and tools' own floors do."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from python_expert.diagnostics.finding import Finding, Report

_SILENCERS = re.compile(
    r"#[ \t]*(?:mypy[ \t]*:|(?:ruff|flake8)[ \t]*:[ \t]*(?:noqa|disable|enable|file-ignore)).*",
    re.IGNORECASE,
)
"""Comments that a tool takes for the whole file, or for a part of it; not those for one line."""

_FIRST = re.compile(r"(?:[ \t]*(?:#.*)?\r?\n)*?[ \t]*(#[ \t]*type:[ \t]*ignore\b.*)")
"""``# type: ignore`` on a line of its own above all code: mypy then skips the file."""


@lru_cache(maxsize=4)
def unsilenced(text: str) -> str:
    """A text without the comments that silence tools for more than a line; no place moves.

    Every tool is asked about the same few texts.
    """
    while first := _FIRST.match(text):
        start, end = first.span(1)
        text = text[:start] + _blank(first[1]) + text[end:]
    lines = text.splitlines(keepends=True)
    return "".join(_without(line) if "#" in line else line for line in lines)


def _without(line: str) -> str:
    """A line without such a comment; one behind code on the same line concerns that line only."""
    code, sign, comment = line.partition("#")
    if code.strip():
        return line
    rest = comment.rstrip("\r\n")
    found = _SILENCERS.match(sign + rest)
    return code + _blank(sign + rest) + comment[len(rest) :] if found else line


def _blank(comment: str) -> str:
    """A comment of the same length that no tool obeys."""
    return "#" + "-" * (len(comment) - 1)


def with_floor(reports: list[Report], floor: Report) -> list[Report]:
    """A tool's reports with what the gate's own rules find besides."""
    found = []
    for report in reports:
        if report.uri == floor.uri:
            known = {_key(each) for each in report.findings}
            more = tuple(each for each in floor.findings if _key(each) not in known)
            found.append(report._replace(findings=report.findings + more))
        else:
            found.append(report)
    return found if any(each.uri == floor.uri for each in reports) else [*found, floor]


def _key(finding: Finding) -> tuple[object, str]:
    return finding.range, finding.code
