"""Files that are rewritten from the shell, and their results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from python_expert.project.files import root_of
from python_expert.text.decoding import decode
from python_expert.text.document import Document
from python_expert.text.paths import to_uri

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.pipeline.result import Outcome


@dataclass
class File:
    """A file to be rewritten.

    Attributes:
        path: Its path.
        root: Its project's folder.
        document: Its text, with the accepted edits of earlier rewrites.
        fault: The reason why it cannot be read, or empty.
    """

    path: Path
    root: Path
    document: Document | None = None
    fault: str = ""

    @classmethod
    def read(cls, path: Path) -> File:
        """Read a file; `fault` contains the reason if that fails."""
        root = root_of(path)
        try:
            return cls(path, root, Document.of(to_uri(path), 0, decode(path.read_bytes())))
        except OSError as error:
            return cls(path, root, fault=f"it cannot be read: {error.strerror or error}")
        except ValueError as error:
            return cls(path, root, fault=f"it cannot be decoded: {error}")

    def take(self, rewritten: Rewritten) -> None:
        """Use the changed text, if this file was changed."""
        for each in rewritten.replaced:
            if self.document and each.path == self.path:
                version = self.document.version + 1
                self.document = Document.of(self.document.uri, version, each.after)


class Replaced(NamedTuple):
    """A file, and the text that replaces its content."""

    path: Path
    before: str
    after: str


@dataclass(frozen=True)
class Rewritten:
    """The result of rewriting one file.

    Attributes:
        path: The file.
        before: Its text.
        after: The text that the gate accepted; equal to `before` if nothing was changed.
        outcome: The outcome of the rewrite.
        callers: Other files that are changed with it.
    """

    path: Path
    before: str
    after: str
    outcome: Outcome
    callers: tuple[Replaced, ...] = ()

    @property
    def replaced(self) -> tuple[Replaced, ...]:
        """All changed files, this one first."""
        own = Replaced(self.path, self.before, self.after)
        return (*([own] if own.before != own.after else []), *self.callers)
