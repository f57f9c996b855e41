"""The lines of a docstring, in each of the three styles."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from python_expert.config.settings import Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from python_expert.actions.add_docstrings.facts import DocstringFacts
    from python_expert.analysis.signatures import Shape

WIDTH = 79
"""Columns that a line of a docstring may fill; the narrowest of the usual limits."""

_INDENT = "    "
_NARROWEST = 24
_HELD = "\0"
_HEADER = re.compile(
    r"(args?|arguments?|attributes?|deprecated|examples?|except(ion)?s?|notes?|param(eter)?s?|"
    r"other \w+|raises?|receives?|references?|returns?|see also|todo|warn(ing)?s?|"
    r"yields?):?|[-=~]+",
    re.IGNORECASE,
)


class Entry(NamedTuple):
    """One line of a section.

    Attributes:
        name: What is described, or empty.
        type: Its type where the style tells it, or empty.
        text: The description.
    """

    name: str
    type: str
    text: str


class Section(NamedTuple):
    """A section of a docstring.

    Attributes:
        kind: ``args``, ``attributes``, ``returns``, ``yields``, ``raises`` or ``passes``.
        entries: Its entries; never empty.
    """

    kind: str
    entries: tuple[Entry, ...]


ORDER = ("args", "attributes", "returns", "yields", "passes", "raises")
"""The order of the sections."""

TITLES = {
    Style.GOOGLE: ("Args", "Attributes", "Returns", "Yields", "Exceptions", "Raises"),
    Style.NUMPY: ("Parameters", "Attributes", "Returns", "Yields", "Raise", "Raises"),
}
"""What the sections are called."""


_OBEYED = re.compile(
    r">>>+|\.\.\.+(?=\s)|\.\.+\s+(?=(test|invisible-)[\w-]+::)|#\s*(mypy|flake8)\s*[:=]|"
    r"\bisort:\s*skip_file",
    re.IGNORECASE,
)
"""What doctest, Sphinx and linters obey wherever a line begins with it."""


def clean(text: str) -> str:
    """One line of harmless text: no control or direction marks, no prompt, no triple quotes."""
    text = "".join(" " if each.isspace() else each for each in text)
    text = "".join(each for each in text if unicodedata.category(each) not in {"Cc", "Cf", "Cs"})
    while _OBEYED.search(text):  # what is left may make another
        text = _OBEYED.sub(" ", text)
    text = re.sub(r'"{3,}', '"', re.sub(r"'{3,}", "'", text))
    return " ".join(text.split()).lstrip(":.#*>=~- ")


def sentence(text: str) -> str:
    """A cleaned text that starts with a capital, unless with code, and ends with a period."""
    text = clean(text).rstrip(" .!?:;,\\")
    first = text.partition(" ")[0].rstrip(",;:")
    if first.isalpha() and first.islower():
        text = text[:1].upper() + text[1:]
    return text + "." if text else ""


def sections_of(shape: Shape, facts: DocstringFacts) -> list[Section]:
    """The sections that are due, in order, each entry with the words proposed or plain ones."""
    made = [
        Section("args", tuple(_entries(shape.parameters, facts.args, "The {} given."))),
        Section("attributes", tuple(_entries(shape.attributes, facts.attributes, "The {}."))),
        Section("returns", _result(shape.returns, facts.returns, "The result")),
        Section("yields", _result(shape.yields, facts.yields, "The next item")),
        Section("passes", tuple(_entries(shape.passes, facts.raises, "If it occurs."))),
        Section("raises", tuple(_entries(shape.raises, facts.raises, "If it cannot go on."))),
    ]
    return [section for section in made if section.entries]


def _entries(names: Iterable[str], said: Mapping[str, str], otherwise: str) -> Iterable[Entry]:
    for name in names:
        bare = name.lstrip("*")
        words = bare.strip("_").replace("_", " ").lower()
        text = sentence(said.get(bare) or said.get(name) or "") or otherwise.format(words)
        yield Entry(name, "", text)


def _result(kind: str | None, said: str, otherwise: str) -> tuple[Entry, ...]:
    return () if kind is None else (Entry("", kind, sentence(said) or f"{otherwise}."),)


def opening(facts: DocstringFacts, name: str, width: int) -> list[str]:
    """The summary and the details; empty if there is no summary.

    Args:
        facts: What was proposed.
        name: The definition's name, which must not look like a signature.
        width: Columns left of each line, the summary's quotes included.
    """
    summary, details = clean(facts.summary), facts.details
    head, stop, tail = summary.partition(". ")
    if stop and len(summary) > width - 6:
        summary, details = head, f"{tail}\n\n{details}"
    summary = re.sub(rf"\b{re.escape(name)}\(", f"{name} (", sentence(summary))
    if summary[:1].islower() and summary[:1].isascii():
        summary = summary[:1].upper() + summary[1:]
    if not summary:
        return []
    lines = [summary]
    for paragraph in re.split(r"\n\s*\n", details.replace("\r\n", "\n")):
        wrapped = wrap(sentence(paragraph), width)
        # A line that looks like a section's title would be read as one.
        if wrapped and not any(_HEADER.fullmatch(line) or line[0] in ":." for line in wrapped):
            lines += ["", *wrapped]
    return lines


def wrap(text: str, width: int, indent: str = "", hanging: str = "") -> list[str]:
    """Break a text into lines; long words stay whole."""
    return textwrap.wrap(
        text,
        max(width, _NARROWEST),
        initial_indent=indent,
        subsequent_indent=hanging or indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def section_lines(section: Section, style: Style, width: int) -> list[str]:
    """The lines of one section, without a blank line before it."""
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
        # A type is not broken over lines: it is compared with the signature's.
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
    """A whole docstring's lines: what comes first, then the sections."""
    whole = list(lines)
    for number, section in enumerate(_arranged(sections, style)):
        if style is not Style.SPHINX or not number or section.kind == "attributes":
            whole.append("")
        whole += section_lines(section, style, width)
    return whole


def _arranged(sections: Sequence[Section], style: Style) -> list[Section]:
    """The sections in the style's order.

    Sphinx's attributes come last, as they would swallow the fields below. ruff does not know the
    titles of ``passes`` and would read on in the parameters above them, so they come first
    where nothing parts the two.
    """
    first, last = "", ""
    if style is Style.SPHINX:
        last = "attributes"
    elif not {"attributes", "returns", "yields"} & {section.kind for section in sections}:
        first = "passes"
    return sorted(sections, key=lambda each: (each.kind != first, each.kind == last))
