"""Converts ruff's error about a configuration to one line that names the place."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final

from python_expert.config.config_faults import fault_at
from python_expert.config.toml_files import key_at
from python_expert.config.tool_files import read
from python_expert.processes.command import ToolError

if TYPE_CHECKING:
    from collections.abc import Sequence

_PARSED: Final = re.compile(
    r"Failed to (?:parse|load configuration) `?(?P<file>.+?)`?$", re.MULTILINE
)
_LINE: Final = re.compile(r"TOML parse error at line (\d+)")
_NAMED: Final = re.compile(r"Cause: (?P<why>.+?)(?: from `(?P<file>[^`]+)`)?$", re.MULTILINE)
_FIELD: Final = re.compile(r"unknown field `(?P<field>[^`]+)`(?:, expected one of (?P<known>.+))?")
_OPTION: Final = re.compile(r"Unknown rule selector `(?P<code>[^`]+)` in `\S+` from the CLI")
_HEADER: Final = re.compile(r"\s*\[+\s*([\w.\"'-]+)\s*\]+")


def config_error(words: str, root: Path) -> ToolError | None:
    """Return the error about a configuration or an unknown rule in ruff's output, or None.

    Args:
        words: Ruff's standard error.
        root: The project's folder; the file is shown relative to it.
    """
    if option := _OPTION.search(words):
        return ToolError(
            f"there is no rule `{option['code']}`; correct --select or tools.ruff.args "
            "(`ruff linter` lists what rules can begin with)"
        )
    causes = list(_NAMED.finditer(words))
    named = next((each["file"] for each in causes if each["file"]), "")
    parsed = _PARSED.search(words)
    path = Path(parsed["file"] if parsed else named)
    if not path.is_file():
        return None
    found = _LINE.search(words)
    line = int(found[1]) - 1 if found else None
    if unknown := _FIELD.search(words):
        line, header = _place(read(path).splitlines(), unknown["field"], line or 0)
        table = f"[{header}] " if header else ""
        # Ruff does not list the fields of the table [tool.ruff] itself.
        known = re.findall(r"`(.+?)`", unknown["known"] or "")
        near = get_close_matches(unknown["field"], known, n=1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        why = f"{table}has no field `{unknown['field']}`{hint}"
        return fault_at(path, line, why, root).error
    why = _last_words(words) if parsed else causes[-1]["why"].strip()
    text = read(path).splitlines()
    if line is not None and line < len(text) and (key := key_at(text[line])) not in why:
        why = f"{key}: {why}"
    return fault_at(path, line, why, root).error


def _last_words(words: str) -> str:
    """Return the end of ruff's message: its last line, with the value if the line only marks it."""
    *before, last = filter(None, map(str.strip, words.splitlines()))
    if set(last) == {"^"} and len(before) > 1:
        last = f"{before[-2]} {before[-1]}"
    return last.removeprefix("Cause: ")


def _place(lines: Sequence[str], field: str, otherwise: int) -> tuple[int, str]:
    """Return the line that sets a field, and its table; ruff reports the table's first line."""
    header = ""
    key = re.compile(rf"\s*(?:[\w.-]+\.)?[\"']?{re.escape(field)}[\"']?\s*[=.]")
    for number, line in enumerate(lines):
        if match := _HEADER.match(line):
            header = match[1]
        elif number >= otherwise and key.match(line):
            return number, header
    return otherwise, ""
