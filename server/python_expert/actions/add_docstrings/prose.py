"""Cleans and wraps proposed text; removes prompts, quotes and section titles."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from typing import Final

from python_expert.analysis.words import words

_NARROWEST = 24
_TRIED = 20
"""The number of narrower widths to try if a line would look like markup."""

_TITLE = re.compile(
    r"(args?|arguments?|attributes?|deprecated|examples?|except(ion)?s?|notes?|param(eter)?s?|"
    r"other \w+|raises?|receives?|references?|returns?|see also|todo|warn(ing)?s?|"
    r"yields?):?|[-=~]+",
    re.IGNORECASE,
)

PROMPT: Final = r">>>+"
TOOL_COMMENT: Final = (
    r"\.\.+\s+(?=(?:test|invisible-)[\w-]+::)|#\s*(?:mypy|flake8)\s*[:=]|\bisort:\s*skip_file"
)
"""Pattern for comments that Sphinx and linters interpret at the beginning of any line."""

_INTERPRETED = re.compile(rf"{PROMPT}|\.\.\.+(?=\s)|{TOOL_COMMENT}", re.IGNORECASE)

_MARKS_AHEAD = re.compile(r"^([:.#*>=~-]+(\s+|$))+")
_ROLE = re.compile(r":[\w.:-]+:`")
_DIRECTIVE = re.compile(r"\.\.(\s|$)")

_SENTENCE_END = re.compile(r"[.!?][\"')\]`]*\s+(?=\S)")
_ABBREVIATIONS: Final = words("approx cf e.g etc fig i.e incl no resp viz vs")


def clean(text: str) -> str:
    """Return a text as one harmless line.

    Control characters, direction marks, prompts and triple quotes are removed.
    """
    text = "".join(" " if each.isspace() else each for each in text)
    text = "".join(each for each in text if unicodedata.category(each) not in {"Cc", "Cf", "Cs"})
    while _INTERPRETED.search(text):  # removal may form a new match
        text = _INTERPRETED.sub(" ", text)
    text = " ".join(re.sub(r'"{3,}', '"', re.sub(r"'{3,}", "'", text)).split())
    text = _MARKS_AHEAD.sub("", text)
    if not _ROLE.match(text):
        text = text.lstrip(": ")
    return text if any(each.isalnum() for each in text) else ""


def sentence(text: str, ends: str = "") -> str:
    """Clean a text, capitalize it unless it begins with code, and end it with a period.

    Args:
        text: The text.
        ends: The characters that the text may end with instead of a period.
    """
    text = clean(text).rstrip(" ;,\\")
    first = text.partition(" ")[0].rstrip(",;:")
    if first.isalpha() and first.islower():
        text = text[:1].upper() + text[1:]
    if not text or text[-1] in ends:
        return text
    return text.rstrip(" .!?:;,\\") + "."


def first_sentence(text: str) -> tuple[str, str]:
    """Return the first sentence of a cleaned text, and the rest."""
    for match in _SENTENCE_END.finditer(text):
        word = text[: match.start()].rpartition(" ")[2].lstrip("\"'`([").lower()
        if word not in _ABBREVIATIONS and not text[match.end()].islower():
            return text[: match.end()].rstrip(), text[match.end() :]
    return text, ""


def is_title(line: str) -> bool:
    """Return whether a line would be read as a section's title or its underline."""
    return _TITLE.fullmatch(line.strip()) is not None


def wrap(text: str, width: int, indent: str = "", hanging: str | None = None) -> list[str]:
    """Break a text into lines; long words are not broken."""
    return textwrap.wrap(
        text,
        max(width, _NARROWEST),
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def paragraph(text: str, width: int, before: int = 0) -> list[str]:
    """Wrap a paragraph; return an empty list if a line would look like markup.

    Args:
        text: One line.
        width: The available columns of each line.
        before: The columns of the first line that are already used.
    """
    for narrower in range(width, width - _TRIED, -1):
        lines = wrap(text, narrower, " " * before, "")
        lines = [line[before * (not at) :] for at, line in enumerate(lines)]
        if not any(is_title(line) or _is_markup(line) for line in lines):
            return lines
    return []


def _is_markup(line: str) -> bool:
    """Return whether a line begins like a directive or a field."""
    return bool(_DIRECTIVE.match(line)) or (line.startswith(":") and not _ROLE.match(line))
