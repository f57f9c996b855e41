"""The requirements of a project's linters for docstrings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from python_expert.config.toml_files import nearest_pyproject, table

if TYPE_CHECKING:
    from pathlib import Path

SECTIONS: Final = frozenset({"args", "attributes", "returns", "yields", "passes", "raises"})
"""Sections that may be required, with an entry for each parameter, attribute and so on."""

DEFINITIONS: Final = frozenset({"class", "nested class", "method", "function", "magic method"})
"""Public definitions whose docstrings may be required."""

ALL_ARGS: Final = "all args"
"""An entry for each parameter is required if there is at least one (ruff's D417)."""

ALL_SECTIONS: Final = "all sections"
"""Every section is required if there is at least one (pydoclint)."""


def of_pydoclint(folder: Path) -> frozenset[str]:
    """Return pydoclint's requirements for the files in a folder, if the project configures it."""
    settings = table(nearest_pyproject(folder), "tool").get("pydoclint")
    if not isinstance(settings, dict):
        return frozenset()
    is_lenient = settings.get("skip-checking-short-docstrings", True)
    return frozenset({ALL_SECTIONS}) if is_lenient else SECTIONS
