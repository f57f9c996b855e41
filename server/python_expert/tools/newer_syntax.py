"""Syntax that this server's Python cannot parse because it is newer."""

from __future__ import annotations

import re
import sys
from typing import NamedTuple

import orjson

from python_expert.config.interpreters import bundled
from python_expert.processes.command import Command, ToolError, run
from python_expert.tools import answers

DEADLINE_S = 20.0
"""The time limit for ruff in seconds."""

OURS = sys.version_info[:2]
"""The version of this server's Python."""

_ADDED = re.compile(r"^Cannot use (.+) on Python .*\(syntax was added in Python 3\.(\d+)\)$")
_NEWER = re.compile(r"\(syntax was added in Python 3\.(\d+)\)$")


class Unreadable(NamedTuple):
    """The reason why a text cannot be parsed.

    Attributes:
        line: The 0-based line of the error.
        reason: A description of the error, and what the user can do.
        is_error: Whether it is an ordinary syntax error.
    """

    line: int
    reason: str
    is_error: bool = False

    def __str__(self) -> str:
        """Return the reason with its line number."""
        return f"line {self.line + 1}: {self.reason}"


async def unreadable(
    text: str, line: int, message: str, python: tuple[int, int] = OURS
) -> Unreadable | None:
    """Explain why a Python version cannot parse a text although ruff finds no ordinary error.

    Ruff knows the syntax of all Python versions.

    Args:
        text: A text that does not parse.
        line: The 0-based line of the Python parser's error.
        message: The Python parser's message.
        python: The parser's version; bandit's Python may have another version than this server's.

    Returns:
        None for an ordinary syntax error, which ruff reports, and if ruff cannot be asked.
    """
    items = await _syntax_errors(text, python)
    if items is None:
        return None
    found = [_NEWER.search(said) for _, said in items]
    versions = [int(match[1]) for match in found if match]
    if len(versions) < len(items):
        return None
    here = f"Python {python[0]}.{python[1]}"
    if not items:
        return Unreadable(line, f"{here} cannot read this, although ruff finds no error: {message}")
    (line, said), newest = items[0], f"Python 3.{max(versions)}"
    runs, product = ("this server", "Python Expert") if python == OURS else ("bandit", "bandit")
    named = _ADDED.match(said)
    what = f" ({named[1]})" if named else ""
    return Unreadable(
        line,
        f"{runs} runs on {here} and cannot read {newest} syntax{what}; "
        f"install {product} with {newest} or later",
    )


async def _syntax_errors(text: str, python: tuple[int, int]) -> list[tuple[int, str]] | None:
    """Return ruff's syntax errors for a Python version, sorted by line; None if ruff fails."""
    ruff = bundled("ruff")
    version = f"py{python[0]}{python[1]}"
    options = ("--isolated", "--no-cache", "--exit-zero", "--quiet", "--output-format", "json")
    rules = ("--select", "E902", "--target-version", version)
    argv = (str(ruff), "check", *options, *rules, "-")
    command = Command(argv, ruff.parent, {"RUFF_OUTPUT_FILE": None})
    data = text.encode("utf-8", "replace")
    try:
        status, out, _ = await run(command, stdin=data, deadline_s=DEADLINE_S)
        if status != 0:
            return None
        with answers.reading("ruff check", out):
            found = (
                (answers.number(item["location"]["row"]) - 1, answers.text(item["message"]))
                for item in orjson.loads(out)
            )
            return sorted(found)
    except ToolError:
        return None
