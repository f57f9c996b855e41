"""What a rewrite does to documents: it edits an existing one, or creates a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from python_expert.text.document import Edit


class DocumentEdit(NamedTuple):
    """Edits of a document.

    Attributes:
        uri: The document.
        version: The version that the edits are for; None for a file as it is on disk.
        edits: Disjoint edits in its coordinates, ascending.
    """

    uri: str
    version: int | None
    edits: tuple[Edit, ...]


class NewDocument(NamedTuple):
    """A document that is made; one that exists is never overwritten.

    Attributes:
        uri: Where it is put.
        text: All of it.
    """

    uri: str
    text: str


DocumentChange: TypeAlias = DocumentEdit | NewDocument
