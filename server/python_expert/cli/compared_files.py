"""The files of two compared folders, and their texts."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.processes.command import ToolError
from python_expert.project.files import root_of
from python_expert.text.decoding import decode
from python_expert.text.document import Document
from python_expert.text.paths import NO_SOURCES, PYTHON_SUFFIXES, to_uri

if TYPE_CHECKING:
    from collections.abc import Iterable

Pair = tuple[Path, Path, Path]
"""A file's path relative to the compared folders, and its paths in both."""


class OpenFile(NamedTuple):
    """A file that the tools see while another file is judged, so that effects on it are found.

    Attributes:
        document: Its text, with its own edit if that was accepted.
        root: Its project's folder.
    """

    document: Document
    root: Path


def pairs_of(before: Path, after: Path) -> list[Pair]:
    """Return the files to compare, each after its path relative to both folders.

    In folders, equal files that are not Python are omitted; no edit may change such files.

    Raises:
        ToolError: The two cannot be compared.
    """
    for path in (before, after):
        if not path.exists():
            raise ToolError(f"{path} does not exist")
    if before.is_dir() != after.is_dir():
        raise ToolError("compare a file with a file, or a folder with a folder")
    names = sorted({*_files(before), *_files(after)}) if before.is_dir() else [Path()]
    pairs = [(name, before.absolute() / name, after.absolute() / name) for name in names]
    return [each for each in pairs if len(pairs) == 1 or _matters(*each[1:])]


def _matters(before: Path, after: Path) -> bool:
    return before.suffix in PYTHON_SUFFIXES or read(before) != read(after)


def documents_of(pairs: Iterable[Pair]) -> dict[Path, OpenFile]:
    """Return the texts of Python files before the edit; unreadable files are skipped."""
    found = {}
    for _, path, _ in pairs:
        if (document := document_of(path)) is not None:
            found[path] = OpenFile(document, root_of(path))
    return found


def document_of(path: Path) -> Document | None:
    """Return the text of a Python file, or None if it cannot be read."""
    data = read(path) if path.suffix in PYTHON_SUFFIXES else None
    if data is not None:
        with contextlib.suppress(ValueError):
            return Document.of(to_uri(path), 0, decode(data))
    return None


def work_of(pair: Pair) -> int:
    """Return the amount of work: the size in bytes of a changed Python file, otherwise 0."""
    _, before, after = pair
    if before.suffix not in PYTHON_SUFFIXES:
        return 0
    old, new = read(before), read(after)
    return len(new) if old is not None and new is not None and old != new else 0


def _files(folder: Path) -> list[Path]:
    """Return all files below a folder, relative to it, without hidden files and caches."""
    found = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return [
        path
        for path in found
        if not any(part.startswith(".") or part in NO_SOURCES for part in path.parts)
    ]


def read(path: Path) -> bytes | None:
    """Return the content of a file, or None if it does not exist."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ToolError(f"{path} cannot be read: {error.strerror or error}") from error
