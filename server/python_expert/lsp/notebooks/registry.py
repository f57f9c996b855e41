"""The open notebooks, as the client reports them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from python_expert.text.document import Document
from python_expert.text.notebook import Notebook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from python_expert.text.columns import Encoding

    Json = dict[str, Any]

CODE = 2
"""LSP's ``NotebookCellKind`` of a cell with code."""


@dataclass
class OpenNotebook:
    """A notebook that is open.

    Attributes:
        order: Each cell's URI and kind, in order.
        texts: The text of each Python cell, by URI.
        now: The current version.
        shown: The diagnostics that the client shows for each cell.
    """

    order: list[tuple[str, int]]
    texts: dict[str, Document]
    now: Notebook
    shown: dict[str, list[Json]]

    def next(self) -> bool:
        """Create the next version; return whether the program has changed."""
        cells = [self.texts[uri] for uri, kind in self.order if kind == CODE and uri in self.texts]
        new = Notebook(self.now.uri, self.now.version + 1, tuple(cells))
        is_changed = new.text != self.now.text
        self.now = new if is_changed else replace(new, version=self.now.version)
        return is_changed

    def change(self, cells: Json, encoding: Encoding) -> None:
        """Apply the ``cells`` of a ``NotebookDocumentChangeEvent``.

        Raises:
            KeyError: A required parameter is missing.
        """
        if structure := cells.get("structure"):
            array = structure["array"]
            new = [(cell["document"], cell["kind"]) for cell in array.get("cells") or ()]
            self.order[array["start"] : array["start"] + array["deleteCount"]] = new
            for each in structure.get("didClose") or ():
                self.texts.pop(each["uri"], None)
            self.texts |= python_cells(structure.get("didOpen") or ())
        kinds = {each["document"]: each["kind"] for each in cells.get("data") or ()}
        if kinds:
            self.order = [(uri, kinds.get(uri, kind)) for uri, kind in self.order]
        for each in cells.get("textContent") or ():
            uri, version = each["document"]["uri"], each["document"]["version"]
            if (text := self.texts.get(uri)) is not None:
                self.texts[uri] = text.change(version, each["changes"], encoding)


class OpenNotebooks:
    """The registry of open notebooks."""

    def __init__(self) -> None:
        self._open: dict[str, OpenNotebook] = {}

    def get(self, uri: str) -> OpenNotebook | None:
        """Return a notebook that is open, or None."""
        return self._open.get(uri)

    def of_cell(self, uri: str) -> OpenNotebook | None:
        """Return the notebook of a Python cell."""
        return next((each for each in self._open.values() if uri in each.texts), None)

    def open(self, params: Mapping[str, Any]) -> Notebook:
        """Handle the parameters of ``notebookDocument/didOpen``."""
        item = params["notebookDocument"]
        opened = OpenNotebook(
            [(cell["document"], cell["kind"]) for cell in item["cells"]],
            python_cells(params["cellTextDocuments"]),
            Notebook(item["uri"], 0, ()),
            {},
        )
        opened.next()
        self._open[item["uri"]] = opened
        return opened.now

    def close(self, uri: str) -> None:
        """Forget a notebook."""
        self._open.pop(uri, None)


def python_cells(items: Iterable[Mapping[str, Any]]) -> dict[str, Document]:
    """Return the Python cells among LSP's ``TextDocumentItem`` objects, by URI."""
    return {
        item["uri"]: Document.of(item["uri"], item["version"], item["text"])
        for item in items
        if item["languageId"] == "python"
    }
