"""What a project's linters demand of docstrings, whether or not there is something to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from python_expert.config.toml_files import read_table, table
from python_expert.text.paths import ancestors, is_file

if TYPE_CHECKING:
    from pathlib import Path

SECTIONS: Final = frozenset({"args", "attributes", "returns", "yields", "passes", "raises"})
"""Sections that may be demanded, with an entry for each thing that the code has."""

DEFINITIONS: Final = frozenset({"class", "nested class", "method", "function", "magic method"})
"""Public definitions of which a docstring may be demanded."""

ALL_ARGS: Final = "all args"
"""An entry for each parameter, as soon as there is one (ruff's D417)."""

ALL_SECTIONS: Final = "all sections"
"""Every section, as soon as there is one (pydoclint)."""


def of_pydoclint(folder: Path) -> frozenset[str]:
    """What pydoclint demands of the files in a folder, if the project configures it."""
    pyprojects = (above / "pyproject.toml" for above in ancestors(folder))
    path = next(filter(is_file, pyprojects), None)
    settings = table(read_table(path), "tool").get("pydoclint") if path else None
    if not isinstance(settings, dict):
        return frozenset()
    is_lenient = settings.get("skip-checking-short-docstrings", True)
    return frozenset({ALL_SECTIONS}) if is_lenient else SECTIONS
