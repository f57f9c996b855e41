"""Finds the test files of a project by their names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.text.paths import source_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.tools.pytest.conventions import Conventions

SKIPPED = frozenset({"site-packages", "build", "dist"})

MARKER = "pyproject.toml"
"""The file that marks a folder as a project."""


def test_files(root: Path, conventions: Conventions) -> Iterator[Path]:
    """Yield the test files in a folder by their real paths. Reads folders."""
    for place, files in source_folders(os.path.realpath(root), SKIPPED):
        yield from (
            place / each
            for each in files
            if each.endswith(".py") and conventions.is_test_file(place / each)
        )


def projects_within(folder: Path) -> Iterator[Path]:
    """Yield the folders of other projects in a folder by their real paths. Reads folders."""
    top = Path(os.path.realpath(folder))
    folders = source_folders(top, SKIPPED)
    yield from (place for place, files in folders if place != top and MARKER in files)
