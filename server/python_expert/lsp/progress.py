"""Work-done progress while mypy first reads a project."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from pygls.lsp.server import LanguageServer

TITLE = "Python Expert: mypy reads the project"


class ReadingProgress:
    """One progress report at a time, begun with the first message and ended with None."""

    def __init__(self, server: LanguageServer, *, enabled: bool) -> None:
        self._server = server
        self._enabled = enabled
        self._latest: str | None = None
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def update(self, message: str | None) -> None:
        """Show a message, or end the report."""
        if not self._enabled or message == self._latest:
            return
        self._latest = message
        self._changed.set()
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        token = str(uuid.uuid4())
        progress = self._server.work_done_progress
        try:
            await progress.create_async(token)
            progress.begin(token, types.WorkDoneProgressBegin(title=TITLE, cancellable=False))
            while self._latest is not None:
                self._changed.clear()
                progress.report(token, types.WorkDoneProgressReport(message=self._latest))
                await self._changed.wait()
            progress.end(token, types.WorkDoneProgressEnd())
        except Exception:  # noqa: BLE001 - a client that refuses progress misses nothing else
            with contextlib.suppress(Exception):
                progress.end(token, types.WorkDoneProgressEnd())
        finally:
            self._task = None
