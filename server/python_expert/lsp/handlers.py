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
    notebooks = session.notebooks
    protocol.outgoing["workspace/applyEdit"] = notebooks.edit
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
        "notebookDocument/didOpen": lambda params: session.opened(notebooks.opened(params)),
        "notebookDocument/didChange": lambda params: _changed(session, notebooks.changed(params)),
        "notebookDocument/didSave": lambda params: session.saved(params["notebookDocument"]["uri"]),
        "notebookDocument/didClose": lambda params: _closed(
            session, params["notebookDocument"]["uri"]
        ),
        "$/setTrace": lambda _params: None,
    }
    protocol.requests |= {
        "shutdown": lambda _params: session.stop(),
        "textDocument/codeAction": notebooks.asked(partial(_code_actions, session)),
        "textDocument/codeLens": notebooks.asked(session.tests.lenses),
        "codeAction/resolve": session.actions.resolve,
        "workspace/executeCommand": lambda params: execute(session, notebooks.commanded(params)),
        **{
            method: notebooks.asked(partial(session.actions.forward, method))
            for method in FORWARDED
        },
        HOVER: notebooks.asked(session.hovers.hover),
    }
    if session.client.pull:
        protocol.requests["textDocument/diagnostic"] = notebooks.asked(session.pulled)


def _changed(session: Session, params: Json | None) -> None:
    """Check the program of a notebook if it was changed."""
    if params is not None:
        session.changed(params)


def _closed(session: Session, uri: str) -> None:
    """Forget a notebook and its program."""
    session.closed(uri)
    session.notebooks.closed(uri)


async def _code_actions(session: Session, params: Json) -> list[Json]:
    async def menu(params: Mapping[str, Any]) -> list[Json]:
        return await (await session.rewrites.get()).menu.code_actions(params)

    async def rewrites() -> list[Json]:
        return await session.quick_fixes.with_hints(params, menu)

    found = await asyncio.gather(session.actions.code_actions(params), _MENU.ask([], rewrites))
    return arranged([action for actions in found for action in actions])
