"""The explanations of a tool's rules: Markdown files in the folder ``rules`` next to the tool."""

from __future__ import annotations

import difflib
import inspect
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_SUGGESTED = 8

_HEADING = re.compile(r"# (\S+) \(")
_SENTENCE = re.compile(r".*?[.](?=\s|$)")
_ABOUT_FIX = re.compile(r"Fix is \w+ available\.")

_CODE = re.compile(r"([a-z]+)\d+")


@cache
def read_pages(tool: type) -> Mapping[str, str]:
    """Return the files in the folder ``rules`` next to a tool's class, if any, by rule code."""
    folder = Path(inspect.getfile(tool)).with_name("rules")
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}


def summary_of(explanation: str) -> tuple[str, str]:
    """Return a rule's name and the first sentence of its explanation; each is empty if missing."""
    heading, *paragraphs = explanation.split("\n\n")
    for paragraph in paragraphs:
        lines = [line for line in paragraph.splitlines() if not line.startswith("#")]
        text = " ".join(lines)
        if text and not _ABOUT_FIX.fullmatch(text):
            break
    else:
        text = ""
    name, sentence = _HEADING.match(heading), _SENTENCE.match(text)
    return name[1] if name else "", sentence[0] if sentence else text


def similar(code: str, known: Iterable[str]) -> list[str]:
    """Return known codes that an unknown code may be a misspelling of.

    These are the codes that begin with it; otherwise those with the same letters and the same first
    digits; otherwise similar ones.
    """
    by_fold = {each.casefold(): each for each in sorted(known)}
    wanted = code.casefold()
    letters = _letters(wanted)
    shortest = len(letters) + 1 if letters else len(wanted)
    for end in range(len(wanted), shortest - 1, -1):
        if found := [each for each in by_fold if each.startswith(wanted[:end])]:
            break
    else:
        is_family = letters in set(map(_letters, by_fold)) - {""}
        similar_ones = difflib.get_close_matches(wanted, by_fold, MOST_SUGGESTED, 0.6)
        found = [] if is_family else similar_ones
    return [by_fold[each] for each in found[:MOST_SUGGESTED]]


def _letters(code: str) -> str:
    """Return the letters of a code such as ``B001``; empty for a name such as ``arg-type``."""
    match = _CODE.fullmatch(code)
    return match[1] if match else ""
