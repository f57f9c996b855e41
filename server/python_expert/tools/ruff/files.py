"""Finds the files of a project with ruff."""

from __future__ import annotations

import os
from pathlib import Path

from python_expert.processes.command import ToolError, run
from python_expert.text.paths import NOTEBOOK, PYTHON_SUFFIXES
from python_expert.tools import answers
from python_expert.tools.files import FoundFiles
from python_expert.tools.ruff import invocation

DEADLINE_S = 10.0
SEARCH_DEADLINE_S = 120.0


class RuffFiles:
    """Finds files with ``ruff check --show-files``; see `FileFinder`."""

    async def search(self, program: Path, folder: Path) -> FoundFiles:
        """Return the files in a folder that the project does not exclude.

        Raises:
            ToolError: The folder cannot be searched.
        """
        # If ruff rejects the configuration, its check reports that; the other tools still need the
        # files.
        for options in ((), ("--isolated",)):
            command = invocation.check_command(
                program, folder, "--show-files", *options, files=[str(folder)]
            )
            status, out, err = await run(command, deadline_s=SEARCH_DEADLINE_S)
            if status == 0:
                break
        else:
            words = err.decode("utf-8", "replace").strip()
            raise ToolError(f"{folder} cannot be searched: {words}")
        lines = [os.fsdecode(line) for line in out.splitlines()]
        with answers.reading("ruff check --show-files", out):
            if lines and not Path(lines[0]).is_absolute():
                raise ValueError("it does not list paths")
        listed = [path for line in lines if (path := _within(folder, line))]
        return FoundFiles(
            [path for path in listed if path.suffix in PYTHON_SUFFIXES],
            [path for path in listed if path.suffix == NOTEBOOK],
        )

    async def excludes(self, program: Path, root: Path, path: Path) -> bool:
        """Return whether a project excludes an existing file.

        Raises:
            ToolError: Ruff cannot be run.
        """
        # An omitted file is only excluded if ruff can list it at all.
        if await _lists(program, root, path) is not False:
            return False
        return bool(await _lists(program, root, path, forced=True))


async def _lists(program: Path, root: Path, path: Path, *, forced: bool = False) -> bool | None:
    """Return whether ruff would check a file, optionally even if excluded; None on failure."""
    exclude = "--no-force-exclude" if forced else "--force-exclude"
    command = invocation.check_command(program, root, "--show-files", exclude, files=[str(path)])
    status, out, _ = await run(command, deadline_s=DEADLINE_S)
    return bool(out.strip()) if status == 0 else None


def _within(folder: Path, listed: str) -> Path | None:
    """Return a path in the list for a folder, if the folder contains it.

    A file name may contain a line end. The part after it is not a path, or is a path to another
    place.
    """
    path = Path(os.path.normpath(folder / listed))
    return path if path.is_relative_to(folder) else None
