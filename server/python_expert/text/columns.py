"""Converts the units of columns; no other module does.

Inside Python Expert a column is counted in code points. LSP clients count UTF-8, UTF-16 or UTF-32
units (the last are code points), and some tools count UTF-8 bytes.
"""

from __future__ import annotations

from enum import StrEnum


class Encoding(StrEnum):
    """LSP's position encodings: the unit in which a column is counted."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


def units_to_column(line: str, units: int, encoding: Encoding) -> int:
    """Convert a column from an encoding's units to code points.

    A column past the line's end is moved to the end; one inside a character to its start.
    """
    content = line.rstrip("\r\n")
    if encoding is Encoding.UTF32 or content.isascii():
        return max(0, min(units, len(content)))
    column = 0
    for character in content:
        units -= _width(character, encoding)
        if units < 0:
            break
        column += 1
    return column


def column_to_units(line: str, column: int, encoding: Encoding) -> int:
    """Convert a column from code points to an encoding's units; past the end means the end."""
    content = line.rstrip("\r\n")[:column]
    if encoding is Encoding.UTF32 or content.isascii():
        return len(content)
    if encoding is Encoding.UTF8:
        return len(content.encode("utf-8", "surrogatepass"))
    return len(content.encode("utf-16-le", "surrogatepass")) // 2


def _width(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.UTF16:
        return 2 if character > "\uffff" else 1
    return len(character.encode("utf-8", "surrogatepass"))
