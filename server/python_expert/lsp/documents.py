"""The open documents, as the client reports them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from python_expert.text.columns import Encoding
from python_expert.text.document import Document
from python_expert.text.paths import PYTHON_SUFFIXES, scheme, to_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Documents:
    """The registry of open documents: the current version of each Python document.

    Other objects hold references to immutable versions of a document; see `Document`.
    """

    def __init__(self) -> None:
        self.encoding = Encoding.UTF16
        self._open: dict[str, Document] = {}

    def __iter__(self) -> Iterator[Document]:
        """Yield the current documents."""
        return iter(tuple(self._open.values()))

    def get(self, uri: str) -> Document | None:
        """Return the current version of an open Python document; otherwise None."""
        return self._open.get(uri)

    def open(self, params: Mapping[str, Any]) -> Document | None:
        """Handle ``textDocument/didOpen`` params; None if it is not a Python document."""
        item = params["textDocument"]
        if not is_python(item["uri"], item["languageId"]):
            return None
        document = Document.of(item["uri"], item["version"], item["text"])
        self._open[document.uri] = document
        return document

    def change(self, params: Mapping[str, Any]) -> Document | None:
        """Apply ``textDocument/didChange`` params; None if the document is not registered.

        Raises:
            KeyError: A required parameter is missing.
        """
        identifier = params["textDocument"]
        document = self._open.get(identifier["uri"])
        if document is None:
            return None
        document = document.change(identifier["version"], params["contentChanges"], self.encoding)
        self._open[document.uri] = document
        return document

    def close(self, uri: str) -> None:
        """Forget a document."""
        self._open.pop(uri, None)


def is_python(uri: str, language: str) -> bool:
    """Return whether the server handles a document: Python, but no notebook cell or diff view."""
    if scheme(uri) == "untitled":
        return language == "python"
    path = to_path(uri)
    if path is None or not path.name:  # Neovim's buffer without a name is `file://`
        return False
    return language == "python" or path.suffix in PYTHON_SUFFIXES
