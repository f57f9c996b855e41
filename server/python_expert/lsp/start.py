"""The start of a server whose client has its answer to ``initialize``.

A tool's worker is started first, so that its imports and the server's run at the same time.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from python_expert.lsp.initialization import workspace_folders
from python_expert.processes.early_start import start_early
from python_expert.text.paths import to_path
from python_expert.tools.early_workers import early_worker

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO


def serve_stdio(source: BinaryIO, sink: BinaryIO, params: Mapping[str, Any]) -> int:
    """Serve a client on standard input and output; see `server.serve`."""
    return asyncio.run(_serve(source, sink, params))


async def _serve(source: BinaryIO, sink: BinaryIO, params: Mapping[str, Any]) -> int:
    folders = workspace_folders(params)
    if folders and (path := to_path(folders[0]["uri"])):
        await start_early(early_worker(path))
    from python_expert.lsp.server import serve  # noqa: PLC0415 - the worker starts first

    return await serve(source, sink, params)
