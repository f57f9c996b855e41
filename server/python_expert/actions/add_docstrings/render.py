"""Formats a docstring's lines in each of the three styles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from python_expert.actions.add_docstrings.details import description
from python_expert.actions.add_docstrings.prose import (
    clean,
    first_sentence,
    paragraph,
    sentence,
    wrap,
)
from python_expert.config.docstring_demands import ALL_ARGS, ALL_SECTIONS, SECTIONS
from python_expert.config.settings import Style

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from python_expert.actions.add_docstrings.facts import DocstringFacts
    from python_expert.analysis.signatures import Shape

WIDTH = 79
"""The most columns of a docstring line; this is the narrowest of the usual limits."""

TODO = "TODO."
"""The placeholder if a linter requires text and there is none."""

_INDENT = "    "
_QUOTES = len('"""')
_HELD = "\0"
_CODE = re.compile(r"(`+[^`]*`+)")


class Entry(NamedTuple):
    """One line of a section.

    Attributes:
        name: The name of the described object, or empty.
        type: The object's type if the style shows it, or empty.
        text: The description.
    """

    name: str
    type: str
    text: str


class Section(NamedTuple):
    """A section of a docstring.

    Attributes:
        kind: ``args``, ``attributes``, ``returns``, ``yields``, ``raises`` or ``passes``.
        entries: The section's entries; never empty.
    """

    kind: str
    entries: tuple[Entry, ...]


ORDER = ("args", "attributes", "returns", "yields", "passes", "raises")
"""The order of the sections."""

TITLES = {
    Style.GOOGLE: ("Args", "Attributes", "Returns", "Yields", "Exceptions", "Raises"),
    Style.NUMPY: ("Parameters", "Attributes", "Returns", "Yields", "Raise", "Raises"),
}
"""The titles of the sections, in that order."""


def sections_of(
    shape: Shape, facts: DocstringFacts, demanded: Collection[str] = frozenset()
) -> list[Section]:
    """Select the sections that have text or are required, in order.

    Args:
        shape: The parameters, results and exceptions of the code.
        facts: The proposed text.
        demanded: What the project's linters require.
    """
    said = {"args": facts.args, "attributes": facts.attributes, "raises": facts.raises}
    results = {"returns": (shape.returns, facts.returns), "yields": (shape.yields, facts.yields)}
    names = {
        "args": shape.parameters,
        "attributes": shape.attributes,
        "passes": shape.passes,
        "raises": shape.raises,
    }
    made = {kind: _entries(each, said.get(kind, facts.raises)) for kind, each in names.items()}
    made |= {kind: _result(*each) for kind, each in results.items()}
    sections = [
        Section(kind, _kept(made[kind], is_due=_is_due(kind, made[kind], demanded)))
        for kind in ORDER
    ]
    sections = [section for section in sections if section.entries]
    if sections and ALL_SECTIONS in demanded:
        return sections_of(shape, facts, SECTIONS)
    return sections


def _is_due(kind: str, entries: Sequence[Entry], demanded: Collection[str]) -> bool:
    """Return whether all entries of a section are required."""
    if kind == "args" and ALL_ARGS in demanded:
        return any(entry.text for entry in entries)
    return kind in demanded


def _kept(entries: Sequence[Entry], *, is_due: bool) -> tuple[Entry, ...]:
    """Return the entries with text; if all are due, the others get a placeholder."""
    return tuple(
        each if each.text else each._replace(text=TODO) for each in entries if each.text or is_due
    )


def _entries(names: Iterable[str], said: Mapping[str, str]) -> list[Entry]:
    return [
        Entry(name, "", sentence(said.get(name.lstrip("*")) or said.get(name) or ""))
        for name in names
    ]


def _result(kind: str | None, said: str) -> list[Entry]:
    return [] if kind is None else [Entry("", kind, sentence(said))]


def opening(
    facts: DocstringFacts, name: str, *, room: int, width: int, style: Style, alone: bool
) -> list[str]:
    """Format the summary and the details; empty if there is no summary.

    A summary that does not fit into one line is split after its first sentence. If that does not
    fit either, it is wrapped.

    Args:
        facts: The proposed text.
        name: The definition's name. With parentheses it is quoted as code, because ruff takes a
            summary that contains a call for a signature (D402).
        room: The columns that the summary's line may fill, including quotes.
        width: The available columns of each other line.
        style: The docstring's style.
        alone: Whether no sections follow.
    """
    said, *more = re.split(r"\n\s*\n", facts.summary.strip().replace("\r\n", "\n"), maxsplit=1)
    below = [each for text in (*more, facts.details) for each in description(text, width, style)]
    room -= _QUOTES + _QUOTES * (alone and not below)
    said, rest = clean(said), ""
    if len(_summary(said, name)) > room:
        said, rest = first_sentence(said)
    summary = _summary(said, name)
    if not summary:
        return []
    lines = [summary]
    if len(summary) > room:
        lines = paragraph(summary, min(width, room + _QUOTES), before=_QUOTES) or lines
    return [*lines, *description(rest, width, style), *below]


def _summary(text: str, name: str) -> str:
    parts = _CODE.split(sentence(text))
    call = re.compile(rf"(?:\w+\.)*\b{re.escape(name)}\((?:[^()]|\([^()]*\))*\)")
    parts[::2] = [call.sub(r"`\g<0>`", each) for each in parts[::2]]
    text = "".join(parts)
    is_ascii = text[:1].islower() and text[:1].isascii()
    return text[:1].upper() + text[1:] if is_ascii else text


def section_lines(section: Section, style: Style, width: int) -> list[str]:
    """Return the lines of one section, without a blank line before it."""
    if style is Style.SPHINX:
        return _sphinx(section, width)
    title = TITLES[style][ORDER.index(section.kind)]
    if style is Style.NUMPY:
        lines = [title, "-" * len(title)]
        for entry in section.entries:
            lines += [_numpy_head(entry, section, width), *wrap(entry.text, width, _INDENT)]
        return lines
    lines = [f"{title}:"]
    for name, kind, text in section.entries:
        head = kind if section.kind == "yields" else name
        hanging = _INDENT if section.kind == "returns" else 2 * _INDENT
        # A type stays on one line because linters compare it with the signature's.
        unbroken = head.replace(" ", _HELD)
        wrapped = wrap(f"{unbroken}: {text}" if head else text, width, _INDENT, hanging)
        lines += [line.replace(_HELD, " ") for line in wrapped]
    return lines


def _numpy_head(entry: Entry, section: Section, width: int) -> str:
    if entry.name:
        return entry.name
    if section.kind == "returns" and len(entry.type) > width:
        return "object"
    return entry.type or "object"


def _sphinx(section: Section, width: int) -> list[str]:
    lines: list[str] = []
    for name, kind, text in section.entries:
        match section.kind:
            case "attributes":
                lines += ["" for _ in lines[:1]]
                lines += [f".. attribute :: {name}", "", *wrap(text, width, _INDENT)]
            case "args" | "raises" | "passes":
                word = "param" if section.kind == "args" else "raises"
                lines += wrap(f":{word} {name}: {text}", width, "", _INDENT)
            case _:
                lines += wrap(f":{section.kind}: {text}", width, "", _INDENT)
                if section.kind == "yields" and kind:
                    lines.append(f":ytype: {kind}")
    return lines


def join(lines: Sequence[str], sections: Sequence[Section], style: Style, width: int) -> list[str]:
    """Return the lines of a whole docstring: the given lines, then the sections."""
    whole = list(lines)
    for number, section in enumerate(_arranged(sections, style)):
        if style is not Style.SPHINX or not number or section.kind == "attributes":
            whole.append("")
        whole += section_lines(section, style, width)
    return whole


def _arranged(sections: Sequence[Section], style: Style) -> list[Section]:
    """Order the sections as the style requires.

    Sphinx's attributes come last, because they would absorb the fields below. ruff does not know
    the title of ``passes`` and would read that section as part of the parameters above it. The
    section therefore comes first if no other section separates the two.
    """
    first, last = "", ""
    if style is Style.SPHINX:
        last = "attributes"
    elif not {"attributes", "returns", "yields"} & {section.kind for section in sections}:
        first = "passes"
    return sorted(sections, key=lambda each: (each.kind != first, each.kind == last))
