"""Comments in ruff's form that suppress rules: ``# noqa`` and ``# ruff: ignore[...]``."""

from __future__ import annotations

import io
import re
import tokenize
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.text.document import Document

_Codes: TypeAlias = "frozenset[str] | None"
"""The codes that a comment lists; None if it lists none and applies to all."""

_CODE = "[A-Z]+[0-9]+"
_DIRECTIVE = re.compile(
    r"#\s*(?P<file>(?:ruff|flake8)\s*:\s*)?(?i:noqa)"
    rf"(?:\s*:\s*(?P<codes>(?>{_CODE}(?:[\s,]*{_CODE})*))(?=[\s,#]|$)|(?!\s*:)(?=[\s#]|$))"
    r"|#\s*ruff\s*:\s*(?P<kind>ignore|file-ignore|disable|enable)\s*\[(?P<list>[^\]]*)\]"
)


def noqa_in(comment: str) -> re.Match[str] | None:
    """Return a comment's ``# noqa`` for its line; the group ``codes`` has its codes, or None."""
    found = (each for each in _DIRECTIVE.finditer(comment) if not each["file"] and not each["kind"])
    return next(found, None)


class NoqaComments:
    """The comments in a document that suppress rules, read as far as they are needed.

    They are ruff's: ``# noqa``, ``# ruff: noqa``, ``# ruff: ignore[...]`` and so on.
    """

    def __init__(self, document: Document) -> None:
        self._text = document.text
        self._lines = document.lines
        self._everywhere = range(len(document.lines))

    def silence(self, rules: frozenset[str], lines: range) -> bool:
        """Return whether a comment on the first or last line suppresses any of some rules."""
        first = lines[0]
        found = [codes for n in {first, lines[-1]} for codes in self._on(n, "noqa", "ignore")]
        above = first - 1
        while above >= 0 and self._lines[above].lstrip()[:1] in ("#", ""):
            found += self._on(above, "ignore")
            above -= 1
        found += [codes for codes, region in self._regions if first in region]
        return any(codes is None or codes & rules for codes in found)

    def _on(self, line: int, *kinds: str) -> list[_Codes]:
        return [codes for kind, codes in _directives(self._lines[line]) if kind in kinds]

    @cached_property
    def _regions(self) -> list[tuple[_Codes, range]]:
        """The suppressed codes and lines of comments on lines of their own, found in one pass."""
        regions: list[tuple[_Codes, range]] = []
        if "ruff" not in self._text and "flake8" not in self._text:
            return regions
        opened: list[tuple[int, _Codes, int]] = []  # increasing indents, codes, first lines
        string = False
        for number, line in enumerate(self._lines):
            own = not string and line.lstrip().startswith("#")
            string ^= not own and bool((line.count('"""') + line.count("'''")) % 2)
            indent = _indent(line)
            while opened and line.strip() and indent < opened[-1][0]:
                _, codes, first = opened.pop()
                regions.append((codes, range(first, number)))
            for kind, codes in _directives(line) if own else ():
                if kind == "disable":
                    opened.append((indent, codes, number))
                elif kind in ("file-noqa", "file-ignore"):
                    regions.append((codes, self._everywhere))
                elif kind == "enable" and opened and opened[-1][:2] == (indent, codes):
                    regions.append((codes, range(opened.pop()[2], number)))
        return regions + [(codes, self._everywhere[first:]) for _, codes, first in opened]


def _directives(line: str) -> Iterator[tuple[str, _Codes]]:
    """Yield the kinds of ruff's comments on a line, each with the codes that it lists."""
    for match in _DIRECTIVE.finditer(line):
        if _is_comment(line, match.start()):
            listed = match["codes"] or match["list"]
            codes = None if listed is None else frozenset(re.findall(_CODE, listed))
            yield match["kind"] or ("file-noqa" if match["file"] else "noqa"), codes


def _is_comment(line: str, column: int) -> bool:
    """Return whether the ``#`` at a column starts or is in a comment; if in doubt, True."""
    before = line[:column]
    if '"' not in before and "'" not in before:
        return True
    indent = _indent(line)
    try:
        for token in tokenize.generate_tokens(io.StringIO(line[indent:]).readline):
            if token.type == tokenize.COMMENT:
                return token.start[1] + indent <= column
    except (tokenize.TokenError, SyntaxError):
        return True  # a string that started or will end on another line
    return False


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
