"""The state of a program's files when its cache was written, and detection of changes."""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

import mypy
import mypy.build
from mypy.errors import Errors
from mypy.modulefinder import compute_search_paths
from mypy.util import hash_digest, is_typeshed_file
from mypy.version import __version__

from .found import BOM

if TYPE_CHECKING:
    from mypy.options import Options

    from python_expert.processes.wire import Json

    from .overlay import Overlay

FORMAT: Final = 2
"""The format of the index and of the database; a different one is a different cache."""

INSTALLED: Final = ("site-packages", "dist-packages")


class FileRecord(NamedTuple):
    """A file of a cached module.

    Attributes:
        path: The path as mypy spells it.
        digest: The hash of the text that mypy checked; empty for a folder.
        mtime: The modification time in mypy's own record.
        size: The size in mypy's own record.
        stamp: The state of the file on disk, if that is enough to recognize it.
        parent: The modification time of a package's folder, in which new modules may appear.
    """

    path: str
    digest: str
    mtime: int
    size: int
    stamp: list[int] | None
    parent: int | None

    def status(self) -> os.stat_result:
        """Return the status with which mypy accepts its own record, which is checked here."""
        kind = stat.S_IFREG if self.digest else stat.S_IFDIR
        times = (self.mtime, self.mtime, self.mtime)
        return os.stat_result((kind | 0o644, 0, 0, 1, 0, 0, self.size, *times))

    def is_unchanged(self, overlay: Overlay) -> bool:
        """Return whether a file still has its contents, or a folder still is one.

        Raises:
            OSError: The file cannot be read.
        """
        if not self.digest:
            return overlay.isdir(self.path)
        if self.stamp is not None and overlay.stamp(self.path) == tuple(self.stamp):
            return True
        content = overlay.read(self.path)
        return self.digest in {hash_digest(content), hash_digest(content.removeprefix(BOM))}


def is_installed(path: str, options: Options) -> bool:
    """Return whether a file belongs to an installed package or to mypy, which are not edited."""
    inside = any(f"{os.sep}{each}{os.sep}" in path for each in INSTALLED)
    return inside or is_typeshed_file(options.abs_custom_typeshed_dir, path)


def folder_stamp(path: str) -> int | None:
    """Return the modification time of a package's folder for its ``__init__`` file, else None."""
    if os.path.basename(path) not in {"__init__.py", "__init__.pyi"}:  # noqa: PTH119 - hot
        return None
    return os.stat(os.path.dirname(path)).st_mtime_ns  # noqa: PTH116, PTH120 - hot


def key(options: Options, *, floor: bool) -> Json:
    """Everything that a cache depends on; with any difference it is a different cache."""
    plugins: object = None
    if options.plugins:
        _, plugins = mypy.build.load_plugins(options, Errors(options), sys.stderr, ())
    paths = compute_search_paths([], options, mypy.build.default_data_dir())
    conditions = {
        "format": FORMAT,
        "mypy": [__version__, mypy.build.__file__],
        "python": [sys.version, sys.executable, sys.platform],
        "root": os.getcwd(),  # noqa: PTH109 - as mypy has it
        "options": {**options.snapshot(), "floor": floor},
        "sections": list(options.per_module_options.items()),  # the last match applies
        "plugins": plugins,
        "paths": [paths.python_path, paths.mypy_path, paths.package_path, paths.typeshed_path],
    }
    known: Json = json.loads(json.dumps(conditions, default=_plain, sort_keys=True))
    return known


def _plain(value: object) -> object:
    """Return the value of an option in a form that JSON supports."""
    if isinstance(value, set | frozenset):
        return sorted(map(str, map(_plain, value)))
    return getattr(value, "code", None) or repr(value)
