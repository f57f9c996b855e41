"""Decides which documents a project excludes from its checks."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from python_expert.processes.command import ToolError
from python_expert.text.paths import is_file, to_path

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.tools.files import FileFinder, FoundFiles

log = logging.getLogger(__name__)

AT_ONCE = 4
"""The maximum number of documents that are resolved concurrently, as many may be opened together.
"""


class Exclusions:
    """The files that the project excludes, as resolved by a tool; each document is resolved once.

    If the tool fails, the document is not excluded for now, and the tool is asked again later.

    Args:
        finder: Runs the tool.
        program: The tool's program.
        root: The project's folder.
    """

    def __init__(self, finder: FileFinder, program: Path, root: Path) -> None:
        self._finder = finder
        self._program = program
        self._root = root
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._known: dict[str, asyncio.Task[bool]] = {}

    async def search(self, folder: Path) -> FoundFiles:
        """Return the files in a folder that are not excluded.

        Raises:
            ToolError: The folder cannot be searched.
        """
        return await self._finder.search(self._program, folder)

    async def is_excluded(self, uri: str) -> bool:
        """Return whether a document is excluded; documents that are not on disk never are."""
        path = to_path(uri)
        if path is None:
            return False
        if uri not in self._known:
            self._known[uri] = asyncio.create_task(self._ask(uri, path))
        return await asyncio.shield(self._known[uri])

    def forget(self, uri: str) -> None:
        """Forget the result for a document, as another file may take its path."""
        self._known.pop(uri, None)

    async def _ask(self, uri: str, path: Path) -> bool:
        if not await asyncio.to_thread(is_file, path):
            return False
        try:
            async with self._turns:
                return await self._finder.excludes(self._program, self._root, path)
        except ToolError as error:
            log.warning("cannot ask whether %s is excluded: %s", path, error)
            self.forget(uri)
            return False
