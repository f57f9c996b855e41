"""Finds the files that a project's configuration excludes from mypy's checks."""

from __future__ import annotations

import os
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from mypy.modulefinder import matches_exclude, matches_gitignore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy.fscache import FileSystemCache
    from mypy.options import Options


MANY = 2
"""The number of matching files of a folder from which on they are assumed to come from a pattern,
which a new file may match as well."""


def is_excluded(path: str, options: Options, cache: FileSystemCache) -> bool:
    """Return whether mypy would skip a file if it ran in the working directory without paths.

    The command checks such a file if it is named explicitly. But here all files are named: those
    that a search has found and those that an editor has open.

    Args:
        path: The absolute path of the file.
        options: The project's options.
        cache: The file system as mypy sees it.
    """
    places = [Path(os.path.abspath(each)) for each in options.files or ()]  # noqa: PTH100 - keeps links
    if any(map(os.path.exists, places)) and not _is_in(Path(path), places):
        return True
    here = os.getcwd() + os.sep  # noqa: PTH109 - as the paths, with links in it
    return any(
        part.startswith(here)
        and (
            matches_exclude(part, options.exclude, cache, verbose=False)
            or (options.exclude_gitignore and matches_gitignore(part, cache, verbose=False))
        )
        for part in accumulate(Path(path).parts, os.path.join)
    )


def _is_in(file: Path, places: Sequence[Path]) -> bool:
    """Return whether a file is one of some files, or in one of some folders.

    mypy has expanded patterns to the matching files when it read the configuration.
    """
    beside = sum(each.parent == file.parent and each.suffix == file.suffix for each in places)
    return beside >= MANY or any(map(file.is_relative_to, places))
