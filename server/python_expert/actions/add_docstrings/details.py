"""Formats the text below a summary: wraps paragraphs, and keeps code, lists and tables."""

from __future__ import annotations

import ast
import re
import textwrap
import unicodedata
from typing import TYPE_CHECKING

from python_expert.actions.add_docstrings.prose import (
    PROMPT,
    TOOL_COMMENT,
    is_title,
    paragraph,
    sentence,
    wrap,
)
from python_expert.analysis.nodes import ASSIGNMENTS, known
from python_expert.config.settings import Style
from python_expert.text.parsing import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FENCE = re.compile(r"\s*(`{3,})")
_ITEM = re.compile(r"\s*([-*+•]|#\.|\(?(\d{1,2}|[a-z])[.)])\s+(?=\S)")
_KEPT = re.compile(rf"\s|`{{3,}}|>>>|{_ITEM.pattern}|\.\. |\||>\s|:\w[^:`]*:(?!`)")
"""The start of a line outside of paragraphs: code, items, directives, tables, quotes."""

_NEVER = re.compile(rf'^\s*{PROMPT}|"""|^:|{TOOL_COMMENT}', re.IGNORECASE)
"""What a kept line must not contain: prompts, directives, the closing quotes and fields."""

_OWN_SECTION = re.compile(r"(examples?|notes?|references|see also|todo|warnings?):", re.IGNORECASE)
"""The title of a section that does not depend on the code."""


def description(text: str, width: int, style: Style) -> list[str]:
    """Format a description, with a blank line above each of its parts.

    If a part cannot be in a docstring, the whole part and the text that introduces it are left out.

    Args:
        text: The proposed text.
        width: The available columns of each line.
        style: The docstring's style.
    """
    made: list[list[str]] = []
    is_left_out = False
    for blanks, block in _blocks(_dedented(text)):
        is_indented = block[0][:1].isspace()
        if is_left_out and is_indented:
            continue
        lines = _lines(block, width, style)
        is_left_out = not lines
        if is_left_out:
            introduced = _is_kept(block[0]) and made and made[-1][-1].endswith(":")
            if introduced and not any(_is_kept(line) for line in made[-1]):
                del made[-1]
            continue
        last = made[-1][-1] if made else ""
        is_below_title = is_indented and is_title(last)
        is_more_code = is_indented and last[:1].isspace()
        made.append([""] * (0 if is_below_title else blanks if is_more_code else 1) + lines)
    if made and is_title(made[-1][-1]):
        del made[-1]  # the content below the title was left out
    return [line for lines in made for line in lines]


def _dedented(text: str) -> list[str]:
    """Return the lines of a text, without the docstring's indentation from line 2 on."""
    lines = text.replace("\r\n", "\n").rstrip().split("\n")
    first, *rest = lines
    if rest and rest[0].strip() and not (first.endswith(":") or _is_kept(first)):
        return [first, *textwrap.dedent("\n".join(rest)).split("\n")]
    return lines


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the blocks between blank lines, with the blank lines above each.

    A fenced code block is one block.
    """
    block: list[str] = []
    blanks = 0
    fence = ""
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence:
            block.append(line)
            fence = "" if line.strip() == fence else fence
        elif not line.strip():
            if block:
                yield blanks, block
                block, blanks = [], 0
            blanks += 1
        else:
            block.append(line)
            if mark and mark[1] in map(str.strip, lines[number + 1 :]):
                fence = mark[1]
    if block:
        yield blanks, block


def _lines(block: Sequence[str], width: int, style: Style) -> list[str]:
    """Return the lines of one block; none if it cannot be in a docstring."""
    at = next((at for at, line in enumerate(block) if _is_kept(line)), len(block))
    if _is_code(block):
        at = 0
    if at == 1 and style is not Style.NUMPY and _OWN_SECTION.fullmatch(block[0].strip()):
        head = [block[0].strip()]
    else:
        head = paragraph(sentence(" ".join(block[:at]), ":!?"), width)
    kept = [line.rstrip() for line in block[at:]]
    if bool(head) < bool(at) or not all(map(_is_harmless, kept)):
        return []
    if kept and _ITEM.match(kept[0]) and not kept[0][:1].isspace():
        kept = [line for item in _items(kept) for line in _fitted(item, width)]
    return [*head, *kept]


def _items(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines of each list item."""
    item: list[str] = []
    for line in lines:
        if item and _ITEM.match(line):
            yield item
            item = []
        item.append(line)
    if item:
        yield item


def _fitted(item: list[str], width: int) -> list[str]:
    """Return a list item, wrapped if it is too long and contains only text."""
    mark = _ITEM.match(item[0])
    if mark is None or all(len(line) <= width for line in item):
        return item
    rest = [line.strip() for line in item[1:]]
    if any(_is_kept(each) for each in rest) or any(
        len(line) - len(line.lstrip()) > len(mark[0]) for line in item[1:]
    ):
        return item
    words = " ".join([item[0][mark.end() :], *rest])
    return wrap(words, width, mark[0], " " * len(mark[0]))


def _is_code(block: Sequence[str]) -> bool:
    """Return whether a block is Python code with a call, an assignment or a subscript.

    An annotation without a value does not count: ``Note: this``.
    """
    try:
        tree = syntax_tree("\n".join(block))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    code = (*ASSIGNMENTS, *known("TypeAlias"), ast.Call, ast.Subscript)
    return any(
        isinstance(each, code) and getattr(each, "value", each) is not None
        for each in ast.walk(tree)
    )


def _is_kept(line: str) -> bool:
    return _KEPT.match(line) is not None


def _is_harmless(line: str) -> bool:
    """Return whether a line can be kept unchanged."""
    odd = any(
        each not in " \t" and (each.isspace() or unicodedata.category(each) in {"Cc", "Cf", "Cs"})
        for each in line
    )
    return not (odd or is_title(line) or _NEVER.search(line))
