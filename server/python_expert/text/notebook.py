"""A notebook as one Python program: its Python cells in order."""

from __future__ import annotations

import itertools
import json
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache

from python_expert.text.document import Document, Position, Range
from python_expert.text.ipython import masked


@dataclass(frozen=True, eq=False)
class Notebook:
    """One version of a notebook.

    Attributes:
        uri: The notebook's URI, which is also the program's.
        version: The program's version.
        cells: The Python cells, in order.
    """

    uri: str
    version: int
    cells: tuple[Document, ...]

    @cached_property
    def text(self) -> str:
        """The program. Each line of a cell is one line of the program."""
        lines = (line for cell in self.cells for line in _masked(cell)[0])
        return "".join(f"{line}\n" for line in lines)

    @cached_property
    def starts(self) -> list[int]:
        """The program's line at which each cell begins, and the number of all lines."""
        return [0, *itertools.accumulate(len(cell.lines) for cell in self.cells)]

    def start(self, uri: str) -> int | None:
        """Return the program's line at which a cell begins; None if it is not a Python cell."""
        for cell, start in zip(self.cells, self.starts, strict=False):
            if cell.uri == uri:
                return start
        return None

    def number(self, cell: Document) -> int:
        """Return the 1-based number of a cell."""
        return self.cells.index(cell) + 1

    def to_cell(self, where: Range) -> tuple[Document, Range] | None:
        """Return a range of the program as one of a cell; None if it is not inside one cell.

        A range that ends with its last line's end, at the start of the next cell, is inside.
        """
        if not (self.cells and 0 <= where.start.line < self.starts[-1]):
            return None
        index = bisect_right(self.starts, where.start.line) - 1
        cell, start = self.cells[index], self.starts[index]
        first, last = where.start.line - start, where.end.line - start
        if last == len(cell.lines) and where.end.column == 0 and where.start != where.end:
            return cell, Range(Position(first, where.start.column), cell.end)
        if last >= len(cell.lines):
            return None
        return cell, Range(Position(first, where.start.column), Position(last, where.end.column))

    def is_python(self, cell: Document, where: Range) -> bool:
        """Return whether a range of a cell only has lines that were not replaced."""
        replaced = _masked(cell)[1]
        return not any(line in replaced for line in range(where.start.line, where.end.line + 1))

    def is_shown_value(self, cell: Document, where: Range) -> bool:
        """Return whether a range is at the end of a cell, whose value the notebook shows."""
        lines = _masked(cell)[0]
        last = max((number for number, line in enumerate(lines) if line.strip()), default=0)
        return where.end.line >= last


def read_notebook(uri: str, text: str) -> Notebook:
    """Read a notebook's file in Jupyter's JSON format.

    See https://nbformat.readthedocs.io/en/latest/format_description.html.

    Args:
        uri: The file's URI.
        text: Its text.

    Raises:
        ValueError: It is not a notebook, or its language is not Python.
    """
    try:
        content = json.loads(text)
        metadata = content["metadata"]
        language = metadata.get("language_info", {}).get("name", "python")
        if metadata.get("kernelspec", {}).get("language", language) != "python":
            raise ValueError("it is not a Python notebook")
        texts = [
            source if isinstance(source := cell["source"], str) else "".join(source)
            for cell in content["cells"]
            if cell["cell_type"] == "code"
        ]
        cells = tuple(Document.of(f"{uri}#{n}", 0, each) for n, each in enumerate(texts, 1))
        return Notebook(uri, 0, cells)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"it is not a notebook: {error!r}") from error


@lru_cache(maxsize=2048)
def _masked(cell: Document) -> tuple[list[str], frozenset[int]]:
    """Return the lines of a cell as Python; see `masked`. The result is cached."""
    return masked(cell.text)
