"""Notebooks among the files that are checked from the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.diagnostics.notebook_findings import in_cell
from python_expert.text.notebook import Notebook, read_notebook
from python_expert.text.paths import NOTEBOOK, to_uri

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from python_expert.diagnostics.finding import Finding


def read(paths: Iterable[Path]) -> dict[Path, Notebook]:
    """Read the notebooks among files; broken ones are left out, as ruff reports them."""
    found: dict[Path, Notebook] = {}
    for path in paths:
        if path.suffix == NOTEBOOK:
            try:
                found[path] = read_notebook(to_uri(path), path.read_text("utf-8"))
            except (OSError, ValueError):
                continue
    return found


def placed(notebook: Notebook, found: Iterable[tuple[Path, Finding]]) -> list[tuple[Path, Finding]]:
    """The findings of a notebook's program that mean something, in its cells."""
    in_cells = ((path, in_cell(notebook, each)) for path, each in found)
    return [(path, each) for path, each in in_cells if each is not None]
