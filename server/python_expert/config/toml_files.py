"""Reads TOML files of unknown origin safely."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from python_expert.text.paths import ancestors, is_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LARGEST_BYTES = 1 << 20
"""Many times what people write; parsing takes a third of a second for each MiB."""


def read_toml(path: Path) -> dict[str, Any]:
    """Read a file of reasonable size.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no TOML, or too large.
    """
    if path.stat().st_size > LARGEST_BYTES:
        raise ValueError(f"it is larger than {LARGEST_BYTES >> 20} MiB")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def read_table(path: Path) -> dict[str, Any]:
    """Read a file; one that cannot be read is empty."""
    try:
        return read_toml(path)
    except (OSError, ValueError):
        return {}


def nearest_pyproject(folder: Path) -> dict[str, Any]:
    """What the nearest pyproject.toml says, from a folder upwards; empty if there is none."""
    paths = (above / "pyproject.toml" for above in ancestors(folder))
    path = next(filter(is_file, paths), None)
    return read_table(path) if path else {}


def table(values: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """The table with a dotted name; empty if there is none."""
    for name in names:
        inner = values.get(name)
        values = inner if isinstance(inner, dict) else {}
    return values
