"""Work-done progress, which the user can cancel together with the reported work."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from python_expert.lsp.protocol import Protocol

T = TypeVar("T")


class Progress:
    """One progress report at a time; it begins with the first message and ends with None.

    Args:
        protocol: The connection to the client.
        title: The title of the report.
        enabled: Whether the client shows progress.
        on_cancel: Called if the user cancels; without it the report has no cancel button.
    """

    def __init__(
        self,
        protocol: Protocol,
        title: str,
        *,
        enabled: bool,
        on_cancel: Callable[[], object] | None = None,
    ) -> None:
        self._protocol = protocol
        self._title = title
        self._enabled = enabled
        self._on_cancel = on_cancel
        self._latest: str | None = None
        self._result: str | None = None
        self._percentage: int | None = None
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def end(self, message: str) -> None:
        """End the report with a result."""
        self._result = message
        self.update(None)

    def update(self, message: str | None, percentage: int | None = None) -> None:
        """Show a message and a percentage (0 to 100), or end the report."""
        if not self._enabled or (message, percentage) == (self._latest, self._percentage):
            return
        self._latest, self._percentage = message, percentage
        self._changed.set()
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        token = str(uuid.uuid4())
        cancels, percentage = self._protocol.cancels, self._percentage
        try:
            await self._protocol.request("window/workDoneProgress/create", {"token": token})
            if self._on_cancel is not None:
                cancels[token] = self._on_cancel
            cancellable = self._on_cancel is not None
            self._send(
                token, "begin", title=self._title, cancellable=cancellable, percentage=percentage
            )
            while self._latest is not None:
                self._changed.clear()
                self._send(token, "report", message=self._latest, percentage=self._percentage)
                await self._changed.wait()
            self._send(token, "end", message=self._result)
        except Exception:  # noqa: BLE001 - a client that rejects progress still gets the rest
            with contextlib.suppress(Exception):
                self._send(token, "end")
        finally:
            cancels.pop(token, None)
            self._task = None

    def _send(self, token: str, kind: str, **about: object) -> None:
        known = {key: value for key, value in about.items() if value is not None}
        self._protocol.send("$/progress", {"token": token, "value": {"kind": kind, **known}})


READING = "Python Expert: {} reads the project"


class ReadingProgress:
    """Shows the progress of each tool in reading the project.

    Args:
        protocol: The connection to the client.
        enabled: Whether the client shows progress.
    """

    def __init__(self, protocol: Protocol, *, enabled: bool) -> None:
        self._protocol = protocol
        self._enabled = enabled
        self._progress: dict[str, Progress] = {}

    def update(self, tool: str, message: str | None) -> None:
        """Show a tool's progress; None ends it."""
        if tool not in self._progress:
            title = READING.format(tool)
            self._progress[tool] = Progress(self._protocol, title, enabled=self._enabled)
        self._progress[tool].update(message)


async def result_of(work: asyncio.Task[T]) -> T | None:
    """Wait for work; cancel the work if the waiting request is cancelled.

    Returns:
        Its result; None if the work was cancelled in another way, such as through its progress.
    """
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        if not work.cancelled():
            work.cancel()
            raise
        return None
