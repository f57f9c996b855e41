"""The changes of a rewrite: edits of existing documents, and new documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from python_expert.text.document import Edit


class DocumentEdit(NamedTuple):
    """Edits of a document.

    Attributes:
        uri: The document.
        version: The version that the edits apply to; None for a file on disk.
        edits: Disjoint edits in the coordinates of that version, ascending.
    """

    uri: str
    version: int | None
    edits: tuple[Edit, ...]


class NewDocument(NamedTuple):
    """A document to create; an existing one is never overwritten.

    Attributes:
        uri: Its URI.
        text: Its whole text.
    """

    uri: str
    text: str


DocumentChange: TypeAlias = DocumentEdit | NewDocument
