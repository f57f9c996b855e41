"""Checks all files of the workspace, and shows findings in files that are not open."""

from __future__ import annotations

import asyncio
import logging
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_expert.isolation import FaultBarrier
from python_expert.lsp.progress import Progress, result_of
from python_expert.lsp.window import MessageType, show_message
from python_expert.processes.child import Child
from python_expert.processes.command import Command, ToolError
from python_expert.processes.jsonrpc import RpcError
from python_expert.project.events import Problem
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from python_expert.lsp.feature_context import FeatureContext
    from python_expert.lsp.features.closed_files import ClosedFiles
    from python_expert.lsp.features.visible_findings import VisibleFindings

log = logging.getLogger(__name__)

DEADLINE_S = 3600.0
"""The time limit in seconds for all files; each tool has its own, much shorter deadline."""

NO_FOLDER = "there is no workspace folder to check; open a folder first"
PULL_ONLY = (
    "your editor asks for the findings of open files only, so those of others cannot be shown; "
    "run `python-expert check .` in a shell"
)


_SOURCE = "workspace check"

_RECEIVED = FaultBarrier("showing what the workspace check has found")
_ENDED = FaultBarrier("checking the workspace")


@dataclass
class _WorkspaceRun:
    """One check of the workspace.

    Attributes:
        done: The number of files checked.
        total: The number of files.
        found: The number of findings of each file that has any.
        outdated: Files for which newer findings have arrived since the start.
    """

    done: int = 0
    total: int = 0
    found: dict[Path, int] = field(default_factory=dict)
    outdated: set[Path] = field(default_factory=set)

    def answer(self, result: str, message: str) -> dict[str, Any]:
        """Return the command's result."""
        findings = sum(self.found.values())
        return {"result": result, "files": self.done, "findings": findings, "message": message}


class WorkspaceCheck:
    """Checks the workspace in a separate process and shows the findings.

    The findings are for the files on disk. They are removed when a file is opened, changed or
    deleted; open documents are checked by the live tools.

    Args:
        context: The shared context of the session's features.
        closed: Shows the findings.
        visible: Knows whether known findings are shown.
        show_message: Reports a problem to the user.
    """

    def __init__(
        self,
        context: FeatureContext,
        closed: ClosedFiles,
        visible: VisibleFindings,
        show_message: Callable[[Problem], None],
    ) -> None:
        self._protocol, _, self._projects, self._client, self._ready = context
        self._closed = closed
        self._visible = visible
        self._show_message = show_message
        self._shown: dict[Path, str] = {}
        self._run = _WorkspaceRun()
        self._asked: object = None
        self._task: asyncio.Task[dict[str, Any]] | None = None
        self._begun: asyncio.Task[None] | None = None

    async def begin(self) -> dict[str, Any]:
        """Start the command and return immediately; the user sees the result."""

        async def report_end() -> None:
            answer = await self.run()
            if answer["result"] != "cancelled":
                kind = MessageType.WARNING if answer["result"] == "failed" else MessageType.INFO
                show_message(self._protocol, answer["message"], kind)

        self._begun = asyncio.create_task(_ENDED.ask(None, report_end))
        return {"result": "started", "message": "the workspace is being checked"}

    async def run(self) -> dict[str, Any]:
        """Run the command ``pythonExpert.checkWorkspace``; a running check is cancelled.

        Returns:
            {result: done, cancelled or failed; files, findings, message}. The client shows the
            message to the user.
        """
        asked = self._asked = object()
        await self._ready.wait()
        why = PULL_ONLY if self._client.pull else "" if self._projects.folders else NO_FOLDER
        if why:
            return self._failed(_WorkspaceRun(), why)
        if asked is self._asked:  # waiting requests do not always continue in order
            await self.stop()
        if asked is not self._asked:
            return self._cancelled(_WorkspaceRun())
        run = self._run = _WorkspaceRun()

        def cancel() -> None:
            task.cancel()

        progress = Progress(
            self._protocol,
            "Python Expert: Check Workspace",
            enabled=self._client.progress,
            on_cancel=cancel,
        )
        task = self._task = asyncio.create_task(self._check(run, progress))
        try:
            return await result_of(task) or self._cancelled(run)
        finally:
            progress.update(None)

    def outdated(self, uri: str) -> None:
        """Remove the findings of a file that was opened or has changed on disk."""
        if path := to_path(uri):
            self._run.outdated.add(path)
            self._clear(path)

    def folders_changed(self) -> None:
        """Remove the findings in folders that no longer belong to the workspace."""
        folders = self._projects.folders.values()
        for path in tuple(self._shown):
            if not any(path.is_relative_to(folder) for folder in folders):
                self._clear(path)

    async def stop(self) -> None:
        """Stop a running check."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _check(self, run: _WorkspaceRun, progress: Progress) -> dict[str, Any]:
        def received(method: str, params: Any) -> None:  # noqa: ANN401 - JSON is untyped
            _RECEIVED.call(None, take, method, params)

        def take(method: str, params: Any) -> None:  # noqa: ANN401 - JSON is untyped
            match method:
                case "progress":
                    run.done, run.total = params["done"], params["total"]
                    share = 100 * run.done // run.total
                    progress.update(f"{run.done} of {_count(run.total, 'file')}", share)
                case "found":
                    self._show(run, params)
                case "problem":
                    self._show_message(Problem(None, params["message"]))

        progress.update("looking for Python files", 0)
        command = (sys.executable, "-m", "python_expert.lsp.features.workspace_worker")
        child = Child(
            "workspace check",
            Command(command, Path(__file__).parent, {"PYTHONSAFEPATH": "1"}),
            deadline_s=DEADLINE_S,
            on_notification=received,
        )
        order = {
            "folders": {uri: str(path) for uri, path in self._projects.folders.items()},
            "layers": self._projects.layers,
            "scoped": self._projects.scoped,
            "client": self._client,
            "shows_known": self._visible.shows_known,
        }
        try:
            answer = await child.request("check", order)
        except (ToolError, RpcError) as error:
            return self._failed(run, f"the workspace cannot be checked: {error}")
        finally:
            await child.stop()
        run.done = answer["files"]
        for path in self._shown.keys() - run.found.keys():
            self._clear(path)
        if not run.done:
            return run.answer("done", "there are no Python files to check")
        findings = _count(sum(run.found.values()), "finding")
        hidden = f", {answer['hidden']:,} known hidden" * bool(answer["hidden"])
        message = f"{_count(run.done, 'file')} checked, {findings}{hidden}"
        if answer["failures"]:
            return self._failed(run, "; ".join([message, *dict.fromkeys(answer["failures"])]))
        log.info("%s", message)
        return run.answer("done", message)

    def _show(self, run: _WorkspaceRun, params: dict[str, Any]) -> None:
        """Show the findings of a file, unless there are newer ones."""
        uri, diagnostics = params["uri"], params["diagnostics"]
        path = to_path(uri) or Path(uri)
        run.found[path] = len(diagnostics)
        if not self._closed.is_open(path) and path not in run.outdated:
            self._shown[path] = uri
            self._closed.show(uri, _SOURCE, diagnostics)

    def _clear(self, path: Path) -> None:
        if uri := self._shown.pop(path, ""):
            self._closed.show(uri, _SOURCE, [])

    @staticmethod
    def _cancelled(run: _WorkspaceRun) -> dict[str, Any]:
        return run.answer("cancelled", f"cancelled after {_count(run.done, 'file')}")

    @staticmethod
    def _failed(run: _WorkspaceRun, why: str) -> dict[str, Any]:
        log.warning("%s", why)
        return run.answer("failed", why)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
