"""Minimum standards of the gate that a file's own comments cannot lower.

Comments that silence a tool for a whole file do not count. Each tool also has fixed rules of the
gate.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from python_expert.text.document import split_lines
from python_expert.text.parsing import syntax_tree

if TYPE_CHECKING:
    import ast

    from python_expert.diagnostics.finding import Finding, Report

_SILENCERS = re.compile(
    r"#\s*(?:mypy\s*:|(?:ruff|flake8)\s*:\s*(?:noqa|disable|enable|file-ignore))", re.IGNORECASE
)
"""Comments that a tool applies to the whole file or a part of it, not to one line."""

_IGNORES = re.compile(r"#\s*type\s*:\s*ignore", re.IGNORECASE)
"""Above all code, a comment like this makes mypy skip the file."""


@lru_cache(maxsize=4)
def unsilenced(text: str) -> str:
    """Return a text without comments that silence tools for more than one line.

    Positions stay the same. The result is cached, because every tool checks the same few texts.
    """
    above = _first_statement(text) if _IGNORES.search(text) else 0
    return "".join(
        _without(line, above=number < above) for number, line in enumerate(split_lines(text))
    )


def _first_statement(text: str) -> int:
    """Return the 0-based line of the first statement; the number of lines if there is none."""
    try:
        statements = syntax_tree(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        statements = []
    if not statements:
        return len(split_lines(text))
    decorators: list[ast.expr] = getattr(statements[0], "decorator_list", [])
    return min([statements[0].lineno, *(each.lineno for each in decorators)]) - 1


def _without(line: str, *, above: bool) -> str:
    """Return a line without a silencing comment.

    A comment after code concerns only its own line and stays.

    Args:
        line: The line.
        above: Whether all code is below the line.
    """
    code, sign, comment = line.partition("#")
    if code.strip():
        return line
    rest = sign + comment.rstrip("\r\n")
    if not (_SILENCERS.search(rest) or (above and _IGNORES.search(rest))):
        return line
    return code + _blank(rest) + line[len(code) + len(rest) :]


def _blank(comment: str) -> str:
    """Return a comment of the same length that no tool interprets.

    The match may be a line of a string, so the end of the line must stay.
    """
    return "#" + re.sub(r"[^'\"\\]", "-", comment[1:])


def with_floor(reports: list[Report], floor: Report) -> list[Report]:
    """Return a tool's reports, with additional findings of the gate's own rules."""
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
