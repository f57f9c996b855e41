"""The handlers, one for each LSP method, and the loop that serves one client."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
import warnings
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import FeatureNotificationError, JsonRpcException
from pygls.lsp.server import LanguageServer

from python_expert import __version__
from python_expert.isolation import FaultBarrier
from python_expert.lsp.client import Client
from python_expert.lsp.features import (
    code_actions,
    models,
    rewrite_menu,
    rewrites,
    workspace_diagnostics,
)
from python_expert.lsp.protocol import Protocol
from python_expert.lsp.session import Session
from python_expert.lsp.transport import MessageWriter, listen_on_loop
from python_expert.processes.liveness import lives

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import BinaryIO

    from python_expert.lsp.greeting import FirstMessage

log = logging.getLogger(__name__)

PARENT_POLL_S = 5.0
"""Seconds between two looks whether the editor still lives."""

_MENU = FaultBarrier("the menu of rewrites")

RESTART_TOOLS = "pythonExpert.restartTools"


class CommandFailedError(JsonRpcException):
    """A command failed in a way that its answer has no words for."""

    CODE = types.LSPErrorCodes.RequestFailed


class ExpertServer(LanguageServer):
    """pygls's server, holding the session once the client has introduced itself."""

    protocol: Protocol
    session: Session

    def __init__(self) -> None:
        super().__init__("python-expert", __version__, protocol_cls=Protocol)

    def report_server_error(self, error: Exception, source: object) -> None:
        """Log what went wrong; it is nothing that you could change, so no message is shown."""
        # pygls logs the traceback of what fails in a request, but not in a notification.
        is_new = source is FeatureNotificationError
        log.error("%s: %s", getattr(source, "__name__", source), error, exc_info=is_new)

    def plain(self, params: object) -> Any:  # noqa: ANN401 - JSON is untyped
        """Typed params as the JSON they came from."""
        return self.protocol._converter.unstructure(params)  # noqa: SLF001 - no other way


def make_server() -> ExpertServer:
    """Make a server with all handlers."""
    # Where warnings are errors (PYTHONWARNINGS=error), what a new Python deprecates must not keep
    # pygls from answering.
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"pygls\b")
    server = ExpertServer()
    _add_lifecycle(server)
    _add_commands(server)
    _add_documents(server)
    _add_requests(server)
    return server


def _add_lifecycle(server: ExpertServer) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        if not (server.process_id and lives(server.process_id)):
            server.process_id = None  # it is in another container, or on another machine
        client = Client.of(params.capabilities)
        server.session = Session(server, client, params)
        server.protocol.direct[types.TEXT_DOCUMENT_DID_CHANGE] = server.session.changed
        if client.pull:
            options = types.DiagnosticOptions(
                inter_file_dependencies=True,
                workspace_diagnostics=False,
                identifier="python-expert",
            )

            @server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)
            async def diagnostic(params: types.DocumentDiagnosticParams) -> dict[str, Any]:
                return await server.session.pulled(params)

    @server.feature(types.INITIALIZED)
    def initialized(_params: types.InitializedParams) -> None:
        server.session.initialized()

    @server.feature(types.SHUTDOWN)
    async def shutdown(_params: None) -> None:
        await server.session.stop()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configuration(params: types.DidChangeConfigurationParams) -> None:
        server.session.configuration_changed(server.plain(params.settings))

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(params: types.DidChangeWatchedFilesParams) -> None:
        server.session.files_changed(params.changes)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders(params: types.DidChangeWorkspaceFoldersParams) -> None:
        server.session.folders_changed(params.event)


def _add_commands(server: ExpertServer) -> None:
    """Add the commands; each gets the client's first argument, and says itself what it lacks."""

    def add(name: str, run: Callable[[Session, Any], Awaitable[Any]]) -> None:
        # `*arguments` is the one signature that pygls passes the arguments to as they came. For
        # others it reads the annotations, which not every Python lets it do with every one, and
        # answers what does not fit with a text of its own.
        @server.command(name)
        async def command(*arguments: Any) -> Any:  # noqa: ANN401 - JSON is untyped
            try:
                return await run(server.session, arguments[0] if arguments else None)
            except JsonRpcException:
                raise
            except Exception as error:
                raise CommandFailedError(
                    f"{name} failed because of an error in Python Expert ({error!r}); "
                    "the server's log has the details"
                ) from error

    async def last_report(session: Session, _given: object) -> str:
        return session.rewrites.last_report

    add(RESTART_TOOLS, lambda session, _given: session.projects.restart())
    add(rewrite_menu.REWRITE, lambda session, given: session.rewrites.run(given))
    add(rewrites.SHOW_PAYLOAD, lambda session, given: session.rewrites.payload(given))
    add(rewrites.LAST_REPORT, last_report)
    add(models.MODELS, lambda session, given: session.models.list(given))
    add(
        workspace_diagnostics.CHECK_WORKSPACE, lambda session, _given: session.workspace_check.run()
    )


def _add_documents(server: ExpertServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.session.opened(params)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(_params: types.DidChangeTextDocumentParams) -> None:
        """Advertised here, handled as plain JSON: it is the message that comes most often."""

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.session.saved(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.session.closed(params.text_document.uri)


def _add_requests(server: ExpertServer) -> None:
    kinds = [*code_actions.KINDS, *rewrite_menu.KINDS]
    options = types.CodeActionOptions(code_action_kinds=kinds, resolve_provider=True)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def code_action(params: types.CodeActionParams) -> list[dict[str, Any]]:
        plain, session = server.plain(params), server.session
        fixes, offered = await asyncio.gather(
            session.actions.code_actions(plain),
            _MENU.ask([], session.rewrites.menu.code_actions, plain),
        )
        return [*fixes, *offered]

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(action: types.CodeAction) -> dict[str, Any]:
        return await server.session.actions.resolve(server.plain(action))

    async def forward(method: str, params: object) -> Any:  # noqa: ANN401 - JSON is untyped
        return await server.session.actions.forward(method, server.plain(params))

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    async def formatting(params: types.DocumentFormattingParams) -> Any:  # noqa: ANN401
        return await forward(types.TEXT_DOCUMENT_FORMATTING, params)

    @server.feature(types.TEXT_DOCUMENT_RANGE_FORMATTING)
    async def range_formatting(params: types.DocumentRangeFormattingParams) -> Any:  # noqa: ANN401
        return await forward(types.TEXT_DOCUMENT_RANGE_FORMATTING, params)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> Any:  # noqa: ANN401
        return await forward(types.TEXT_DOCUMENT_HOVER, params)


async def serve(source: BinaryIO, sink: BinaryIO, first: FirstMessage | None = None) -> int:
    """Serve one client until it leaves.

    Args:
        source: Where the client writes.
        sink: Where it reads.
        first: Its first message, if that was read already.

    Returns:
        The exit status LSP asks for: 0 after ``shutdown``, else 1.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[int] = loop.create_future()

    def end(status: int) -> None:
        if not ended.done():
            ended.set_result(status)

    server = make_server()
    # What is imported by now stays: the collector need not look at it at every turn.
    gc.collect()
    gc.freeze()
    gc.enable()
    server.protocol.direct = {}
    server.protocol.on_exit = end
    writer = MessageWriter(sink, lambda: end(1))
    server.protocol.set_writer(writer)
    if first is not None:
        server.protocol.begin(first)
    listen_on_loop(source, server.protocol.receive, lambda: end(1))
    if os.name != "nt":  # so that no tool outlives a server that is told to go
        _on_termination(lambda: end(1))
    watch = asyncio.create_task(_watch_parent(server, lambda: end(1)))
    status = await ended
    watch.cancel()
    if hasattr(server, "session"):
        await server.session.stop()
    await server.protocol.answered()
    await writer.finish()
    return status


def _on_termination(end: Callable[[], None]) -> None:
    """Call back on the loop when the process is told to go."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, end)
    # Asyncio hears of signals through a pipe that a flood of messages fills. The loop is awake
    # then, and hears of this.
    signal.signal(signal.SIGTERM, lambda *_: loop.call_soon_threadsafe(end))
    signal.set_wakeup_fd(signal.set_wakeup_fd(-1), warn_on_full_buffer=False)


def serve_stdio(source: BinaryIO, sink: BinaryIO, first: FirstMessage) -> int:
    """Serve the client that has sent a first message; see `serve`."""
    return asyncio.run(serve(source, sink, first))


def serve_tcp(host: str, port: int) -> int:
    """Wait for one client on a TCP port and serve it; port 0 means any, and is logged."""
    with socket.create_server((host, port)) as listening:
        print(  # noqa: T201 - on standard error, for whoever started the server with port 0
            f"listening on {host}:{listening.getsockname()[1]}", file=sys.stderr, flush=True
        )
        connection, _ = listening.accept()
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            return asyncio.run(serve(connection.makefile("rb"), connection.makefile("wb")))
        finally:
            with contextlib.suppress(OSError):  # the client may have hung up
                connection.shutdown(socket.SHUT_RDWR)


async def _watch_parent(server: ExpertServer, end: Callable[[], None]) -> None:
    """Leave when the editor has died without closing its pipes."""
    while True:
        await asyncio.sleep(PARENT_POLL_S)
        if server.process_id and not lives(server.process_id):
            log.warning("the editor (process %d) has gone", server.process_id)
            end()
