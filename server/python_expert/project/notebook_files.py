"""Handles notebooks among the files that are checked from the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.diagnostics.notebook_findings import in_cell
from python_expert.text.notebook import Notebook, read_notebook
from python_expert.text.paths import NOTEBOOK, to_uri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from python_expert.diagnostics.finding import Finding
    from python_expert.text.document import Document


def read(paths: Iterable[Path]) -> dict[Path, Notebook]:
    """Read the notebooks among files; invalid ones are skipped, as ruff reports them."""
    found: dict[Path, Notebook] = {}
    for path in paths:
        if path.suffix == NOTEBOOK:
            try:
                found[path] = read_notebook(to_uri(path), path.read_text("utf-8"))
            except (OSError, ValueError):
                continue
    return found


def new(
    notebook: Notebook,
    new_of: Callable[[Document, list[Finding]], list[Finding]],
    document: Document,
    found: Iterable[Finding],
) -> list[Finding]:
    """Return the new findings of a notebook's program that are meaningful, in its cells.

    Args:
        notebook: The notebook.
        new_of: Returns the findings of a document that are new.
        document: The program.
        found: All its findings.
    """
    meant = [each for each in found if in_cell(notebook, each) is not None]
    placed = (in_cell(notebook, each) for each in new_of(document, meant))
    return [each for each in placed if each is not None]
