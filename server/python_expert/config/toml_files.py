"""Reads TOML files of unknown origin safely."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from python_expert.text.paths import ancestors, is_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_HEADER = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"\s*([\w.\"'-]+)\s*=")

LARGEST_BYTES = 1 << 20
"""The maximum size of a file. Usual files are much smaller; parsing takes a third of a second per
MiB."""


def read_toml(path: Path) -> dict[str, Any]:
    """Read a file of reasonable size.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not valid TOML, or too large.
    """
    if path.stat().st_size > LARGEST_BYTES:
        raise ValueError(f"it is larger than {LARGEST_BYTES >> 20} MiB")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def read_table(path: Path) -> dict[str, Any]:
    """Read a file; return an empty table if it cannot be read."""
    try:
        return read_toml(path)
    except (OSError, ValueError):
        return {}


def nearest_pyproject(folder: Path) -> dict[str, Any]:
    """Read the nearest pyproject.toml, from a folder upwards; empty if there is none."""
    paths = (above / "pyproject.toml" for above in ancestors(folder))
    path = next(filter(is_file, paths), None)
    return read_table(path) if path else {}


def key_at(line: str) -> str:
    """Return the key that a line of a TOML file sets, or an empty string."""
    match = _KEY.match(line)
    return match[1] if match else ""


def line_of(text: str, *names: str) -> int | None:
    """Return the 0-based line of a value in TOML, or of the nearest table around it, or None.

    Args:
        text: The TOML text.
        names: The keys that lead to the value, in any spelling.
    """
    wanted = tuple(map(_plain, names))
    inside: tuple[str, ...] = ()
    best: tuple[int, int | None] = (0, None)
    for number, line in enumerate(text.splitlines()):
        if header := _HEADER.match(line):
            inside = found = _parts(header[1])
        elif key := key_at(line):
            found = (*inside, *_parts(key))
        else:
            continue
        if best[0] < len(found) and found == wanted[: len(found)]:
            best = len(found), number
    return best[1]


def _parts(key: str) -> tuple[str, ...]:
    return tuple(_plain(part.strip().strip("\"'")) for part in key.split("."))


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def table(values: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """Return the table with a dotted name; empty if there is none."""
    for name in names:
        inner = values.get(name)
        values = inner if isinstance(inner, dict) else {}
    return values
