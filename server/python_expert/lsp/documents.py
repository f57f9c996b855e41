"""The open documents, as the client tells of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from python_expert.text.document import Encoding, Snapshot
from python_expert.text.paths import PYTHON_SUFFIXES, scheme, to_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lsprotocol.types import TextDocumentItem


class Documents:
    """The current snapshot of each open Python document."""

    def __init__(self) -> None:
        self.encoding = Encoding.UTF16
        self._open: dict[str, Snapshot] = {}

    def __iter__(self) -> Iterator[Snapshot]:
        """The current snapshots."""
        return iter(tuple(self._open.values()))

    def get(self, uri: str) -> Snapshot | None:
        """The current snapshot of a document, or None if it is not open or not looked after."""
        return self._open.get(uri)

    def open(self, item: TextDocumentItem) -> Snapshot | None:
        """Take a document that was opened; None if it is not one to look after."""
        if not is_python(item.uri, item.language_id):
            return None
        snapshot = Snapshot.of(item.uri, item.version, item.text)
        self._open[item.uri] = snapshot
        return snapshot

    def change(self, params: Mapping[str, Any]) -> Snapshot | None:
        """Apply ``textDocument/didChange`` params; None if the document is not looked after.

        Raises:
            KeyError: The params lack something.
        """
        document = params["textDocument"]
        snapshot = self._open.get(document["uri"])
        if snapshot is None:
            return None
        snapshot = snapshot.change(document["version"], params["contentChanges"], self.encoding)
        self._open[snapshot.uri] = snapshot
        return snapshot

    def close(self, uri: str) -> None:
        """Forget a document."""
        self._open.pop(uri, None)


def is_python(uri: str, language: str) -> bool:
    """Whether a document is Python text that the server looks after: no cell, no diff view."""
    if scheme(uri) == "untitled":
        return language == "python"
    path = to_path(uri)
    if path is None or not path.name:  # Neovim's buffer without a name is `file://`
        return False
    return language == "python" or path.suffix in PYTHON_SUFFIXES
