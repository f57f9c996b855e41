"""Findings as lines of text, as JSON and as GitHub annotations.

Lines and columns are 1-based here, and columns count code points. File names and messages come from
untrusted sources: control sequences that a terminal or a log reader would interpret are always
escaped.
"""

from __future__ import annotations

import json
import unicodedata
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_expert.diagnostics.finding import Finding, Note, Severity
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.text.document import Range


class ReportFormat(StrEnum):
    """The output format of a report."""

    TEXT = "text"
    JSON = "json"


Located = tuple[Path, Finding]
"""A finding and the path to show for its file."""

_STYLES = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.INFORMATION: "bold blue",
    Severity.HINT: "bold cyan",
}
_COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "notice",
    Severity.HINT: "notice",
}

# Control characters, invisible formatting characters (which can reorder a line), lone surrogates
# (bytes of a file name that are not UTF-8, which cannot be printed), and Unicode's line separators.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def shown(path: Path) -> Path:
    """Return a path for display: relative to the working directory if it is below that."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def printable(text: str, keep: str = "") -> str:
    r"""Escape control characters, as ``\n`` or ``\x1b``.

    Args:
        text: Any text.
        keep: Characters that are not escaped.
    """
    if text.isprintable():
        return text
    return "".join(
        character.encode("unicode_escape").decode("ascii")
        if unicodedata.category(character) in _UNPRINTABLE and character not in keep
        else character
        for character in text
    )


def text_line(path: Path, finding: Finding, *, color: bool = False) -> str:
    """Return a finding as one line of text, ``path:line:column: severity: CODE message  [Tool]``.

    Editors and Emacs's compilation mode can parse it. It contains the first line of the message.
    Notes follow on separate, indented lines.
    """

    def paint(text: str, style: str) -> str:
        if not color:
            return printable(text)
        from rich.color import ColorSystem  # noqa: PLC0415 - only for a terminal
        from rich.style import Style  # noqa: PLC0415

        return Style.parse(style).render(printable(text), color_system=ColorSystem.STANDARD)

    style = _STYLES[finding.severity]
    severity = finding.severity.name.lower()
    words = (
        f"{paint(str(path), 'bold')}:{_point(finding.range)}:",
        paint(severity, style) + ":",
        paint(finding.code, style) if finding.code != severity else "",  # pytest has "error"
        printable(_first_line(finding.message)),
        # Two spaces before the tool's name.
        f" {paint(f'[{finding.tool.title}]', 'dim')}",
    )
    notes = (printable(_note_line(note)) for note in finding.notes)
    return "\n    ".join((" ".join(filter(None, words)), *notes))


def _first_line(message: str) -> str:
    return next(filter(str.strip, message.splitlines()), "")


def json_array(findings: Iterable[Located]) -> str:
    """Return findings as a JSON array in ASCII, which every encoding and terminal supports."""
    return json.dumps([_json_object(path, finding) for path, finding in findings], indent=2)


def _json_object(path: Path, finding: Finding) -> dict[str, Any]:
    (line, column), (end_line, end_column) = finding.range
    return {
        "path": str(path),
        "line": line + 1,
        "column": column + 1,
        "end_line": end_line + 1,
        "end_column": end_column + 1,
        "code": finding.code,
        "message": finding.message,
        "severity": finding.severity.name.lower(),
        "source": finding.tool.title,
        **({"cell": finding.cell} if finding.cell else {}),
    }


def place(located: Located) -> tuple[str, int, Range]:
    """Return the sort key of a finding: its file, the cell of a notebook, and the range."""
    path, finding = located
    return str(path), finding.cell, finding.range


def github_line(path: Path, finding: Finding) -> str:
    """Return a workflow command, which GitHub Actions shows as an annotation of the line."""
    (line, column), (end_line, end_column) = finding.range
    title = f"{finding.tool.title} ({finding.code})" if finding.code else finding.tool.title
    properties: dict[str, str | int] = {"file": path.as_posix()}
    if finding.cell:  # the line numbers are relative to the cell, not to the file
        title += f", cell {finding.cell}"
    else:
        properties |= {"line": line + 1, "endLine": end_line + 1}
        # The runner only accepts columns for a range within one line.
        if line == end_line:
            properties |= {"col": column + 1, "endColumn": end_column + 1}
    fields = ",".join(
        f"{name}={_escaped(str(value)).replace(':', '%3A').replace(',', '%2C')}"
        for name, value in {**properties, "title": title}.items()
    )
    message = "\n".join((finding.message, *map(_note_line, finding.notes)))
    return f"::{_COMMANDS[finding.severity]} {fields}::{_escaped(message)}"


def _escaped(text: str) -> str:
    text = printable(text, keep="\r\n").replace("%", "%25")
    return text.replace("\r", "%0D").replace("\n", "%0A")


def _note_line(note: Note) -> str:
    path = to_path(note.uri)
    place = "<stdin>" if path is None else str(shown(path))
    return f"{place}:{_point(note.range)}: note: {note.message}"


def _point(where: Range) -> str:
    return f"{where.start.line + 1}:{where.start.column + 1}"
