"""File URIs and paths."""

from __future__ import annotations

import os
import re
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

PYTHON_SUFFIXES = (".py", ".pyi", ".pyw")

NOTEBOOK = ".ipynb"
"""The suffix of a Jupyter notebook."""

NO_SOURCES = frozenset({"__pycache__", "node_modules"})
"""The names of folders that never contain a project's own Python files."""

_LONGEST_FIRST_LINE = 1024
"""The number of bytes of a file that are read to find its interpreter."""

SURROGATE = re.compile("[\ud800-\udfff]")
"""An unpaired surrogate, which JSON cannot contain."""

_LIBRARY = re.compile(r"(python|pypy)\d+\.\d+t?$")


def exists(path: Path) -> bool:
    """Return whether a path exists; False if it may not be accessed."""
    return os.path.exists(path)  # noqa: PTH110 - Path.exists raises PermissionError


def is_file(path: Path) -> bool:
    """Return whether a path is a file; False if it may not be accessed."""
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises PermissionError


def to_path(uri: str) -> Path | None:
    """Return the path of a ``file:`` URI; None for any other scheme.

    A byte that is not UTF-8 becomes an unpaired surrogate, as everywhere in Python, so the path
    still refers to the file. JSON cannot contain it; see `shown`.
    """
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return None
    path = unquote(parts.path, errors="replace" if os.name == "nt" else "surrogateescape")
    if os.name == "nt":
        path = f"//{parts.netloc}{path}" if parts.netloc else path.removeprefix("/")
    return Path(path)


def to_uri(path: Path) -> str:
    """Return the ``file:`` URI of a path."""
    return Path(os.path.abspath(path)).as_uri()  # noqa: PTH100 - must not follow links


def shown(path: Path) -> str:
    """Return a path as text that can be sent: bytes that are not UTF-8 become U+FFFD."""
    return SURROGATE.sub("\ufffd", str(path))


def name_of(uri: str) -> str:
    """Return the name of a document's file; the URI if it is not a file."""
    path = to_path(uri)
    return path.name if path else uri


def scheme(uri: str) -> str:
    """Return a URI's scheme, in lower case."""
    return uri.partition(":")[0].lower()


def is_python(path: Path) -> bool:
    """Return whether a file may contain Python, by its name or by the interpreter it names."""
    if not path.suffix or path.suffix in (*PYTHON_SUFFIXES, NOTEBOOK):
        return True
    try:
        with path.open("rb") as file:
            return re.match(rb"#!.*\bpython", file.readline(_LONGEST_FIRST_LINE)) is not None
    except OSError:
        return True  # the reader of the file reports why it cannot be read


def home(path: str) -> Path:
    """Expand a leading ``~``; without a home folder the path is returned unchanged."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser raises without a home


def is_library(path: Path) -> bool:
    """Return whether a file belongs to an installed package or to Python's standard library."""
    parts = path.parts
    if "site-packages" in parts or "dist-packages" in parts:
        return True
    for index, part in enumerate(parts[:-2]):
        # POSIX has it in lib/python3.12/, Windows in Python312\Lib\.
        if part in ("lib", "lib64") and _LIBRARY.match(parts[index + 1]):
            return True
        if part.lower().startswith("python3") and parts[index + 1] == "Lib":
            return True
    return False


def package_root(path: Path) -> Path:
    """Return the folder with a file's outermost package; the file's own folder if it has none."""
    folder = path.parent
    while is_file(folder / "__init__.py") and folder != folder.parent:
        folder = folder.parent
    return folder


def module_name(file: Path, folder: Path) -> str:
    """Return the dotted name of a file's module relative to a folder; empty if it is not inside."""
    parts = file.relative_to(folder).with_suffix("").parts if folder in file.parents else ()
    return ".".join(parts[:-1] if parts[-1:] == ("__init__",) else parts)


def ancestors(folder: Path) -> list[Path]:
    """Return a folder and the folders above it, nearest first."""
    return [folder, *folder.parents]


def source_folders(
    root: str | Path, more: Collection[str] = ()
) -> Iterator[tuple[Path, list[str]]]:
    """Yield the folders that may contain a project's sources, sorted, without hidden ones.

    Args:
        root: The folder to search.
        more: The names of folders to skip, in addition to those that never contain sources.

    Yields:
        Each folder with the names of its files.
    """
    for folder, folders, files in os.walk(root):
        place = Path(folder)
        folders[:] = sorted(
            each
            for each in folders
            if each not in NO_SOURCES
            and each not in more
            and not each.startswith(".")
            and not exists(place / each / "pyvenv.cfg")
        )
        yield place, files


def is_safe(path: Path, root: Path) -> bool:
    """Return whether a file may determine the code that runs for a project; on Windows always True.

    Files in the project's own folder may, because it is trusted as a whole. So may any file if all
    users can write to the folder anyway. A file above the folder may not if the file, a link to it
    or its parent folder belongs to another user (other than us, root and the owner of the project's
    folder), or if all users can write to it or, in a folder that is not sticky, create it.
    """
    if sys.platform == "win32" or path.is_relative_to(root):
        return True
    root = next(above for above in ancestors(root) if exists(above))  # the folder may not exist yet
    try:
        project, folder, *files = map(os.stat, (root, path.parent, path))
        files.append(os.lstat(path))
    except OSError:
        return False
    if project.st_mode & stat.S_IWOTH:
        return True
    if not {each.st_uid for each in (folder, *files)} <= {0, os.geteuid(), project.st_uid}:
        return False
    open_folder = folder.st_mode & (stat.S_IWOTH | stat.S_ISVTX) == stat.S_IWOTH
    return not open_folder and not files[0].st_mode & stat.S_IWOTH
