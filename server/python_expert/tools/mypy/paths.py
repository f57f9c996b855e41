"""Documents by the paths by which mypy knows them."""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

from python_expert.text.decoding import readable
from python_expert.text.document import Document
from python_expert.text.paths import shown, to_path, to_uri

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def path_of(uri: str, root: Path) -> str:
    """The path of a document for mypy; documents that were never saved get an invented one."""
    if (path := to_path(uri)) is not None:
        return shown(path)
    return str(root / f"untitled_{hashlib.sha256(uri.encode()).hexdigest()[:12]}.py")


def read_documents(paths: Sequence[Path]) -> dict[str, Document]:
    """Files as documents, to find columns in; mypy itself reports unreadable files."""
    found = {}
    for path in paths:
        text = ""
        with contextlib.suppress(OSError):
            text = readable(path.read_bytes())
        found[str(path)] = Document.of(to_uri(path), 0, text)
    return found
