"""The paths by which mypy knows documents."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from python_expert.text.decoding import decode
from python_expert.text.document import Document
from python_expert.text.paths import shown, to_path, to_uri

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def path_of(uri: str, root: Path) -> str:
    """Return the path of a document for mypy; one that was never saved gets an invented one."""
    if (path := to_path(uri)) is not None:
        return shown(path)
    return str(root / f"untitled_{hashlib.sha256(uri.encode()).hexdigest()[:12]}.py")


def read_documents(paths: Sequence[Path]) -> tuple[dict[str, Document], dict[str, str]]:
    """Read files as documents; also return why other files cannot be read, as mypy stops there.

    Both results are by the files' paths.
    """
    found, failures = {}, {}
    for path in paths:
        try:
            found[str(path)] = Document.of(to_uri(path), 0, decode(path.read_bytes()))
        except OSError as error:
            failures[str(path)] = f"{path} cannot be read: {error.strerror or error}"
        except ValueError as error:
            failures[str(path)] = f"{path} cannot be decoded: {error}"
    return found, failures
