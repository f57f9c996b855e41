"""Which documents a project excludes from its checks."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from python_expert.processes.command import ToolError, run
from python_expert.text.paths import is_file, to_path
from python_expert.tools.ruff import invocation

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

DEADLINE_S = 10.0

AT_ONCE = 4
"""How many documents are asked about at the same time: many may be opened at once."""


class Exclusions:
    """What the project excludes, as ruff resolves that; each document is asked about once.

    Where ruff cannot be asked, the document is not excluded for now, and it is asked again.

    Args:
        ruff: The program to ask.
        root: The project's folder.
    """

    def __init__(self, ruff: Path, root: Path) -> None:
        self._ruff = ruff
        self._root = root
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._known: dict[str, asyncio.Task[bool]] = {}

    async def cover(self, uri: str) -> bool:
        """Whether a document is excluded; one that is not on disk never is."""
        path = to_path(uri)
        if path is None:
            return False
        if uri not in self._known:
            self._known[uri] = asyncio.create_task(self._ask(uri, path))
        return await asyncio.shield(self._known[uri])

    def forget(self, uri: str) -> None:
        """Ask again when it comes again: it may be another file then."""
        self._known.pop(uri, None)

    async def _ask(self, uri: str, path: Path) -> bool:
        if not await asyncio.to_thread(is_file, path):
            return False
        try:
            async with self._turns:
                # Only of a ruff that can list this file it means something if it does not.
                return await self._lists(path) is False and bool(
                    await self._lists(path, forced=True)
                )
        except ToolError as error:
            log.warning("cannot ask ruff whether %s is excluded: %s", path, error)
            self.forget(uri)
            return False

    async def _lists(self, path: Path, *, forced: bool = False) -> bool | None:
        """Whether ruff would check a file, if forced although it is excluded; None if it fails."""
        exclude = "--no-force-exclude" if forced else "--force-exclude"
        command = invocation.check_command(
            self._ruff, self._root, "--show-files", exclude, files=[str(path)]
        )
        status, out, _ = await run(command, deadline_s=DEADLINE_S)
        return bool(out.strip()) if status == 0 else None
