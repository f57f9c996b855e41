"""The files that a project excludes from mypy."""

from __future__ import annotations

import os
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from mypy.modulefinder import matches_exclude, matches_gitignore

if TYPE_CHECKING:
    from mypy.fscache import FileSystemCache
    from mypy.options import Options


def is_excluded(path: str, options: Options, cache: FileSystemCache) -> bool:
    """Whether mypy would skip a file in a search of the working directory.

    The command checks an excluded file if it is named explicitly. But here all files are named:
    those that a search has found and those that an editor has open.

    Args:
        path: The absolute path of the file.
        options: The project's options.
        cache: The file system as mypy sees it.
    """
    here = os.getcwd() + os.sep  # noqa: PTH109 - as the paths, with links in it
    return any(
        part.startswith(here)
        and (
            matches_exclude(part, options.exclude, cache, verbose=False)
            or (options.exclude_gitignore and matches_gitignore(part, cache, verbose=False))
        )
        for part in accumulate(Path(path).parts, os.path.join)
    )
