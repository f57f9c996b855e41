"""The process that checks a workspace outside of the server's event loop, at a low priority.

Started with our own interpreter for one check; it speaks JSON-RPC 2.0 in LSP's framing on its
standard streams, and ends its tools and itself when its input ends. It supports one request:

``check`` {folders, layers, scoped, client, shows_known}: the session's folders, settings and
    client, and whether findings in baselines are sent as well. Sends a notification ``found`` {uri,
    diagnostics} with all findings of a file so far whenever there are new ones, ``progress`` {done,
    total} in files, and ``problem`` {message} with a message for the user; answers {files,
    failures, hidden}: the failure as text for each tool that could not do its work, and the number
    of known findings that were not sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_expert.config.layers import Layer
from python_expert.isolation import ToolBarriers
from python_expert.lsp.client import Client
from python_expert.lsp.documents import Documents
from python_expert.lsp.features.diagnostics import diagnostics
from python_expert.lsp.projects import Projects
from python_expert.processes.command import ToolError
from python_expert.processes.jsonrpc import dumps
from python_expert.processes.wire import (
    INTERNAL_ERROR,
    Connection,
    RequestError,
    lower_priority,
    serve,
)
from python_expert.project.events import Events
from python_expert.project.files import FileChecker
from python_expert.project.known_findings import KnownFindings
from python_expert.project.merging import read
from python_expert.text.columns import Encoding
from python_expert.text.paths import to_uri
from python_expert.tools import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from python_expert.diagnostics.finding import Finding

NICE = 10
"""The nice value of this process and its tools, so that live checks have priority."""

_TAKEN = ToolBarriers("storing the findings of {} in the workspace")


class _Check:
    """One check.

    Args:
        order: The request's parameters.
        send: Sends a notification.
    """

    def __init__(self, order: Mapping[str, Any], send: Callable[[str, Any], None]) -> None:
        given = dict(order["client"])
        self._client = Client(**given | {"encoding": Encoding(given["encoding"])})
        self._send = send
        events = Events(lambda _reports: None, lambda problem: self._warn(problem.message))
        projects = Projects(events, self._client, registry.TOOLS)
        projects.folders = {uri: Path(path) for uri, path in order["folders"].items()}
        projects.layers = [Layer(*layer) for layer in order["layers"]]
        projects.scoped = {uri: Layer(*layer) for uri, layer in order["scoped"].items()}
        self._folders = list(projects.folders.values())
        kinds = registry.TOOLS
        rules = {str(kind.spec.name): kind.spec.merging for kind in kinds}
        self._known = None if order["shows_known"] else KnownFindings(rules, self._warn)
        self._checker = FileChecker(
            kinds,
            {kind.spec.name for kind in kinds if kind.spec.runs_unnamed},
            self._warn,
            rooted=projects.root_of,
            settings=projects.settings_at,
            known=self._known,
        )
        self._documents = Documents()  # no document is open here
        # The findings sent for each file so far; the next message replaces them.
        self._found: dict[Path, list[dict[str, Any]]] = {}
        self._failures: list[str] = []

    async def run(self) -> dict[str, Any]:
        """Check all files; return the answer.

        Raises:
            ToolError: A folder cannot be searched.
        """
        done, shown = 0.0, -1
        try:
            files = await self._checker.files(self._folders)
            async for batch in self._checker.check(files):
                # Findings that were held back, in case this tool reports the same, belong to other
                # tools.
                for tool in {batch.tool, *(finding.tool for _, finding in batch.found)}:
                    found = [each for each in batch.found if each[1].tool == tool]
                    failed = tool == batch.tool and batch.error
                    error = f"{tool} could not run: {batch.error}" if failed else ""
                    _TAKEN[tool].call(None, self._take, found, error)
                done += batch.files / batch.tools
                if (percentage := 100 * round(done) // len(files)) > shown:
                    shown = percentage
                    self._send("progress", {"done": round(done), "total": len(files)})
        finally:
            await self._checker.stop()
        hidden = self._known.hidden if self._known else 0
        return {"files": len(files), "failures": self._failures, "hidden": hidden}

    def _take(self, new: list[tuple[Path, Finding]], failure: str) -> None:
        if failure:
            self._failures.append(failure)
        added: dict[Path, list[Finding]] = {}
        for path, finding in new:
            added.setdefault(path, []).append(finding)
        for path, findings in added.items():
            uri = to_uri(path)
            document, found = read(uri, path), self._found.setdefault(path, [])
            found += diagnostics(findings, document, self._client, self._documents)
            self._send("found", {"uri": uri, "diagnostics": found})

    def _warn(self, message: str) -> None:
        self._send("problem", {"message": message})


def main() -> None:
    """Serve until the input ends."""
    connection = Connection(dumps=dumps)
    lower_priority(NICE)

    def check(**order: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON is untyped
        return asyncio.run(_check(order, connection))

    serve(connection, {"check": check}, _explain)


async def _check(order: Mapping[str, Any], connection: Connection) -> dict[str, Any]:
    """Check all files. If the input ends, stop the tools and then the process."""
    checking = asyncio.create_task(_Check(order, connection.notify).run())
    loop = asyncio.get_running_loop()

    def end() -> None:
        with contextlib.suppress(RuntimeError):  # the check is done, and its loop is closed
            loop.call_soon_threadsafe(checking.cancel)

    connection.on_end = end
    try:
        return await checking
    except asyncio.CancelledError:
        os._exit(0)


def _explain(error: BaseException) -> RequestError:
    if isinstance(error, ToolError):
        return RequestError(str(error))
    traceback.print_exception(error)
    return RequestError(repr(error), code=INTERNAL_ERROR)


if __name__ == "__main__":
    main()
