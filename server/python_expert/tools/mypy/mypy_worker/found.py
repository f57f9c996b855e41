"""mypy's errors in the form that is sent to the parent process."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mypy.errorcodes import SYNTAX

from .stubs import NOTES, with_package

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy.errors import ErrorInfo

    from python_expert.processes.wire import Json

BOM: Final = b"\xef\xbb\xbf"

_LINE_BREAK: Final = re.compile(r"\r\n|\r")

_SHOWN_ELSEWHERE: Final = ("See https://", *NOTES)
"""The start of notes that repeat information in a finding's code or message."""

WORD: Final = re.compile(rb"[\w\x80-\xff]+")
"""The word to underline, in UTF-8, if mypy only knows its start."""


def lines_of(text: str) -> list[str]:
    """Return the lines of a text."""
    return (_LINE_BREAK.sub("\n", text) if "\r" in text else text).split("\n")


def findings(infos: Iterable[ErrorInfo], text: str, *, exact: bool) -> list[Json]:
    """Convert mypy's errors to the wire format, each with its notes.

    Args:
        infos: Errors and notes of one file, in mypy's order.
        text: The file's text.
        exact: Whether mypy's columns are right on lines with characters that are not ASCII.
    """
    lines = lines_of(text)
    result: list[Json] = []
    owners: dict[int, Json] = {}
    last: ErrorInfo | None = None
    for info in infos:
        place = _place(info, lines, exact=exact)
        owner = owners.get(id(info.parent_error))
        if info.severity != "note":
            last = info
        elif last and last.line == info.line and info.code in {None, last.code}:
            owner = owner or owners[id(last)]
        if owner is None:
            code = info.code.code if info.code else None
            owner = owners[id(info)] = {**place, "severity": info.severity, "code": code}
            owner |= {"message": with_package(info.message), "notes": []}
            result.append(owner)
        elif not info.message.startswith(_SHOWN_ELSEWHERE):
            note = {"line": place["line"], "column": place["column"], "message": info.message}
            owner["notes"].append(note)
    return result


def _place(info: ErrorInfo, lines: list[str], *, exact: bool) -> dict[str, int]:
    line = min(max(info.line, 1), len(lines)) - 1  # mypy's lines are 1-based
    end_line = min(max(info.end_line, line + 1), len(lines)) - 1
    text = lines[line].removeprefix("\ufeff")
    column, end_column = info.column, info.end_column
    if info.blocker and info.code is SYNTAX:  # 1-based code points
        column = len(text[: max(column - 1, 0)].encode(errors="replace"))
        end_column = column + 1
    if column < 0 or info.line < 1 or not (exact or (text + lines[end_line]).isascii()):
        column = end_column = -1
    elif (end_line, end_column) == (line, column + 1):  # the old parser has no ends of annotations
        word = WORD.match(text.encode(errors="replace"), column)
        end_column = word.end() if word else end_column
    if column >= 0 and lines[line] != text:
        column += len(BOM)
        end_column += len(BOM) if end_line == line else 0
    return {"line": line, "column": column, "end_line": end_line, "end_column": end_column}
