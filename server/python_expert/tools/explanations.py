"""The explanations of a tool's rules: Markdown files in the folder ``rules`` beside the tool."""

from __future__ import annotations

import difflib
import inspect
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_SUGGESTED = 8


@cache
def read_pages(tool: type) -> Mapping[str, str]:
    """The files in the folder ``rules`` beside a tool's class, if there is one, by their codes."""
    folder = Path(inspect.getfile(tool)).with_name("rules")
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}


def similar(code: str, known: Iterable[str]) -> list[str]:
    """Known codes that a wrong one may stand for: those that begin with it, else similar ones."""
    by_fold = {each.casefold(): each for each in known}
    wanted = code.casefold()
    found = sorted(each for each in by_fold if each.startswith(wanted))
    found = found or difflib.get_close_matches(wanted, by_fold, MOST_SUGGESTED, 0.6)
    return [by_fold[each] for each in found[:MOST_SUGGESTED]]
