"""Findings in notebooks: filters them, and converts their places to cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from python_expert.text.document import Position, Range

if TYPE_CHECKING:
    from python_expert.diagnostics.finding import Finding
    from python_expert.text.document import Document
    from python_expert.text.notebook import Notebook

FOR_FILES = frozenset(
    {
        "D100",  # a docstring of the module
        "E402",  # imports are usual at the top of each cell
        "E703",  # a semicolon at the end of a cell keeps its value from being shown
        "F704",  # IPython allows await outside functions, and so for the next two
        "PLE1142",
        "top-level-await",
        "I001",  # the imports of each cell are a block of their own
        "INP001",  # a notebook is in no package
        "W291",  # whitespace and lines at the end of a cell
        "W391",
    }
)
"""The codes of findings about files."""

VALUES = frozenset({"B015", "B018"})
"""The codes of findings about values that are not used: the last one of a cell is shown."""

_LINE = re.compile(r"\bon line (\d+)")
"""How mypy and ruff refer to a line of the file in a message."""

BUILTINS = ("display", "get_ipython")
"""The names that IPython adds to the builtins."""


def is_meant(notebook: Notebook, cell: Document, where: Range, code: str, message: str) -> bool:
    """Return whether a finding is about the user's own code, and is a problem in a notebook.

    Args:
        notebook: The notebook.
        cell: The cell.
        where: The finding's range in the cell.
        code: Its rule.
        message: Its message.
    """
    if code in FOR_FILES or not notebook.is_python(cell, where):
        return False
    if code in VALUES and notebook.is_shown_value(cell, where):
        return False
    return message not in [f'Name "{name}" is not defined' for name in BUILTINS]


def in_cell(notebook: Notebook, finding: Finding) -> Finding | None:
    """Convert a finding of the program to one in a cell, which its message names.

    Returns:
        The finding with its range in the cell; None if it is not meaningful in a notebook.
    """
    found = notebook.to_cell(finding.range)
    if found is None or not is_meant(notebook, *found, finding.code, finding.message):
        return None
    notes = tuple(
        note._replace(**_placed(notebook, note.range, note.message))
        if note.uri == notebook.uri
        else note
        for note in finding.notes
    )
    placed = _placed(notebook, finding.range, finding.message)
    number = notebook.number(found[0])
    return finding._replace(**placed, notes=notes, cell=number, fixable=False)


def _placed(notebook: Notebook, where: Range, message: str) -> dict[str, Any]:
    """Return the range and the message of a finding or note, in a cell if it is inside one."""
    if (found := notebook.to_cell(where)) is None:
        return {}
    cell, place = found
    words = f"cell {notebook.number(cell)}: {in_cells(notebook, message)}"
    return {"range": place, "message": words}


def in_cells(notebook: Notebook, message: str) -> str:
    """Return a message that names lines of cells instead of the program's."""
    return _LINE.sub(lambda line: _named(notebook, line), message)


def _named(notebook: Notebook, line: re.Match[str]) -> str:
    start = Position(int(line[1]) - 1, 0)
    if (found := notebook.to_cell(Range(start, start))) is None:
        return line[0]
    cell, where = found
    return f"on line {where.start.line + 1} of cell {notebook.number(cell)}"
