"""Credentials in tables in a text: comma-separated values, Markdown, and SQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from python_expert.privacy.judging import is_credential
from python_expert.privacy.names import Strength, strength

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.privacy.spans import Span

_MOST_COLUMNS: Final = 40
_LINE = re.compile(r"[^\n]+")
_CELL = re.compile(r"[^,;|\t]+")
_NAME = re.compile(r"\w{1,40}")
_RULES = re.compile(r"(?m)^([ \t]*=+(?:[ ]+=+)+)[ \t]*$")
_RULE = re.compile(r"[\s|:=+-]+")

_INSERT = re.compile(
    r"\((?P<columns>[\w\s,.`\"\[\]]+)\)\s*VALUES\s*\((?P<values>[^()]*)\)", re.IGNORECASE
)
_TWO = re.compile(
    r"(?i)\binsert[ ]+into[ ]+[\w.]*(?:accounts?|users?|logins?|credentials?|passwords?)\w*[ ]+"
    r"values[ ]*\([ ]*'[^'\n]{1,60}'[ ]*,[ ]*'(?P<value>[^'\n]{3,60})'[ ]*\)"
)
"""An SQL statement that inserts a user and a password into a table that only holds these."""

_SQL_VALUE = re.compile(r"\s*(?:'((?:[^']|'')*)'|([^,]*))\s*(?:,|\Z)")


def tabled(text: str) -> Iterator[Span]:
    """Yield the cells below a header that names a credential."""
    for match in _INSERT.finditer(text):
        yield from _inserted(match)
    for match in _TWO.finditer(text):
        if is_credential(match["value"], Strength.STRONG):
            yield match.span("value")
    yield from _ruled(text)
    columns: list[str] = []
    for line in _LINE.finditer(text):
        cells = [each.span() for each in _CELL.finditer(text, *line.span()) if each[0].strip()]
        names = [text[slice(*each)].strip(" \t\r\"'*`") for each in cells]
        if len(cells) == len(columns):
            for column, cell, value in zip(columns, cells, names, strict=True):
                if strength(column) is Strength.STRONG and is_credential(value, Strength.STRONG):
                    start = text.index(value, *cell)
                    yield start, start + len(value)
        elif not _RULE.fullmatch(line[0]):
            is_header = 1 < len(names) < _MOST_COLUMNS and all(map(_NAME.fullmatch, names))
            columns = names if is_header else []


def _ruled(text: str) -> Iterator[Span]:
    """Yield the cells of tables with ruled columns, such as ``====  ====``."""
    rules = list(_RULES.finditer(text))
    for top, middle, bottom in zip(rules, rules[1:], rules[2:], strict=False):
        columns = [each.span() for each in re.finditer("=+", top[1])]
        header = text[top.end() + 1 : middle.start()].split("\n")[-2:]
        names = ["".join(line[start:end].strip() for line in header) for start, end in columns]
        for line in _LINE.finditer(text, middle.end(), bottom.start()):
            for name, (start, end) in zip(names, columns, strict=True):
                value = line[0][start:end].strip()
                if strength(name) is Strength.STRONG and is_credential(value, Strength.STRONG):
                    at = text.index(value, line.start() + start)
                    yield at, at + len(value)


def _inserted(match: re.Match[str]) -> Iterator[Span]:
    """Yield the values that SQL inserts into columns for credentials."""
    columns = match["columns"].split(",")
    for column, value in zip(columns, _SQL_VALUE.finditer(match["values"]), strict=False):
        if value[1] and is_credential(value[1], strength(column.strip(' `"[]\n\t'))):
            start = match.start("values") + value.start(1)
            yield start, start + len(value[1])
