"""The handler of each LSP method."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from python_expert.isolation import FaultBarrier
from python_expert.lsp.commands import execute
from python_expert.lsp.features.code_actions import FORWARDED
from python_expert.lsp.features.hovers import HOVER
from python_expert.lsp.features.menu_order import arranged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_expert.lsp.protocol import Protocol
    from python_expert.lsp.session import Session

    Json = dict[str, Any]

_MENU = FaultBarrier("the menu of rewrites")


def add_handlers(protocol: Protocol, session: Session) -> None:
    """Register a session's handlers for the client's messages."""
    protocol.notifications |= {
        "initialized": lambda _params: session.initialized(),
        "textDocument/didOpen": session.opened,
        "textDocument/didChange": session.changed,
        "textDocument/didSave": lambda params: session.saved(params["textDocument"]["uri"]),
        "textDocument/didClose": lambda params: session.closed(params["textDocument"]["uri"]),
        "workspace/didChangeConfiguration": lambda params: session.configuration_changed(
            params.get("settings")
        ),
        "workspace/didChangeWatchedFiles": lambda params: session.files_changed(
            [change["uri"] for change in params["changes"]]
        ),
        "workspace/didChangeWorkspaceFolders": lambda params: session.folders_changed(
            params["event"]
        ),
        "$/setTrace": lambda _params: None,
    }
    protocol.requests |= {
        "shutdown": lambda _params: session.stop(),
        "textDocument/codeAction": partial(_code_actions, session),
        "textDocument/codeLens": session.tests.lenses,
        "codeAction/resolve": session.actions.resolve,
        "workspace/executeCommand": partial(execute, session),
        **{method: partial(session.actions.forward, method) for method in FORWARDED},
        HOVER: session.hovers.hover,
    }
    if session.client.pull:
        protocol.requests["textDocument/diagnostic"] = session.pulled


async def _code_actions(session: Session, params: Json) -> list[Json]:
    async def menu(params: Mapping[str, Any]) -> list[Json]:
        return await (await session.rewrites.get()).menu.code_actions(params)

    async def rewrites() -> list[Json]:
        return await session.quick_fixes.with_hints(params, menu)

    found = await asyncio.gather(session.actions.code_actions(params), _MENU.ask([], rewrites))
    return arranged([action for actions in found for action in actions])
