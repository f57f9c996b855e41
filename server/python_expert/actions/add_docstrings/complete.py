"""Adds missing sections to an existing docstring, and keeps the existing text byte for byte."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from python_expert.actions.add_docstrings.layout import NoPlaceError
from python_expert.actions.add_docstrings.render import ORDER, Section, section_lines
from python_expert.actions.add_docstrings.styles import MARKS
from python_expert.config.settings import Style
from python_expert.text.document import Edit, line_length, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.text.document import Range

_LITERAL = re.compile(r"([rR]?)(\"\"\"|''')(.*)\2", re.DOTALL)
_KINDS = {
    "args": "args",
    "parameters": "args",
    "param": "args",
    "return": "returns",
    "yield": "yields",
    "raise": "passes",
    "exceptions": "passes",
    "attribute": "attributes",
} | {kind: kind for kind in ORDER}
_INHERITED = re.compile(r"\bSee (base|parent|super)|\{@inheritdoc\}|@inheritDoc", re.IGNORECASE)


def kinds_in(literal: str, style: Style) -> dict[str, int]:
    """Return the sections that a docstring has, each with the number of its first line."""
    found: dict[str, int] = {}
    for match in MARKS[style].finditer(literal):
        word = next(group for group in match.groups() if group)
        found.setdefault(_KINDS[word.lower()], literal.count("\n", 0, match.start()))
    return found


def missing(literal: str, sections: Sequence[Section], style: Style) -> list[Section]:
    """Return the sections that a docstring lacks; none if it refers to another docstring."""
    if _INHERITED.search(literal):
        return []
    there = kinds_in(literal, style)
    return [section for section in sections if section.kind not in there]


def completion(
    where: Range,
    literal: str,
    sections: Sequence[Section],
    style: Style,
    *,
    indent: str,
    width: int,
) -> Edit:
    """Build the edit that adds sections to a docstring.

    Args:
        where: The range of the docstring's literal.
        literal: The docstring's literal, with quotes.
        sections: The sections to add.
        style: The docstring's style.
        indent: The indentation of the docstring's lines.
        width: The available columns of each line.

    Raises:
        NoPlaceError: The docstring is not one plain string in triple quotes.
    """
    match = _LITERAL.fullmatch(literal)
    if match is None or match[2] in match[3]:
        raise NoPlaceError("its docstring is not one plain string in triple quotes")
    prefix, quotes, text = match.groups()
    lines = split_lines(text)
    newline = next(
        (line[line_length(line) :] for line in lines if line_length(line) < len(line)), ""
    )
    newline = newline or "\n"
    if not lines[-1].strip() and len(lines) > 1:
        closing = lines.pop()
    else:
        closing = indent
        lines[-1] += newline
    there = kinds_in(literal, style)
    for section in sections:
        later = [there[kind] for kind in ORDER[ORDER.index(section.kind) + 1 :] if kind in there]
        made = [_escaped(line, prefix) for line in section_lines(section, style, width)]
        block = [indent + line + newline if line else newline for line in made]
        at = min(later, default=len(lines))
        added = list(_spaced(lines, at, block, newline, style))
        lines[at:at] = added
        there = {kind: line + len(added) * (line >= at) for kind, line in there.items()}
    return Edit(where, f"{prefix}{quotes}{''.join(lines)}{closing}{quotes}")


def _spaced(
    lines: Sequence[str], at: int, block: list[str], newline: str, style: Style
) -> Iterator[str]:
    """Yield a section with the blank lines that separate it from its neighbours."""
    above = lines[at - 1].strip() if at else "text"
    joins = style is Style.SPHINX and not block[0].strip().startswith("..")
    if above and not (joins and above.startswith(":")):
        yield newline
    yield from block
    if at < len(lines) and not (joins and lines[at].strip().startswith(":")):
        yield newline


def _escaped(line: str, prefix: str) -> str:
    return line if prefix else line.replace("\\", "\\\\")
