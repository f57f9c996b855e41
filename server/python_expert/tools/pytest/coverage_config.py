"""Finds where a project configures coverage.py; coverage.py itself reads the configuration."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

FILES = (
    (".coveragerc", re.compile(r"")),
    (".coveragerc.toml", re.compile(r"")),
    ("setup.cfg", re.compile(r"^\[coverage:", re.MULTILINE)),
    ("tox.ini", re.compile(r"^\[coverage:", re.MULTILINE)),
    ("pyproject.toml", re.compile(r"^\[tool\.coverage\b", re.MULTILINE)),
)
"""The files in which coverage.py looks for its configuration, and patterns that show it is there.
"""

_PYTEST_COV = re.compile(r"^(?!\s*[#;]).*(?<![\w-])--cov(?:-fail-under)?\b", re.MULTILINE)
_FAIL_UNDER = re.compile(
    r"^\[(?:tool\.coverage\.|coverage:)?report\].*\n(?:(?!\[).*\n)*?(?=\s*fail_under\b)"
    r"|^(?!\s*[#;])(?=.*--cov-fail-under\b)",
    re.MULTILINE,
)
"""Ends at the beginning of the line with the required percentage."""


class CoverageConfig(NamedTuple):
    """Where a project configures coverage.py.

    Attributes:
        path: The file.
        fail_under: The 0-based line with the required percentage; 0 if there is none.
    """

    path: Path
    fail_under: int = 0


def find(root: Path, pytest_config: Path | None) -> CoverageConfig | None:
    """Find where coverage.py, or pytest-cov, is configured. Reads files.

    Args:
        root: The project's folder.
        pytest_config: Pytest's configuration file.
    """
    places = [(root / name, sign) for name, sign in FILES]
    if pytest_config is not None:
        places.append((pytest_config, _PYTEST_COV))
    found = None
    for path, sign in places:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, ValueError):
            continue
        if not sign.search(text):
            continue
        under = _FAIL_UNDER.search(text)
        if under:
            return CoverageConfig(path, text.count("\n", 0, under.end()))
        found = found or CoverageConfig(path)
    return found


def data_file(config: CoverageConfig | None) -> str:
    """Return the name of coverage.py's data file. Reads a file."""
    try:
        text = config.path.read_text(encoding="utf-8") if config else ""
    except (OSError, ValueError):
        text = ""
    found = re.search(r"^\s*data_file\s*=\s*[\"']?([^\"'\n]+)", text, re.MULTILINE)
    return found[1].strip() if found else os.environ.get("COVERAGE_FILE") or ".coverage"
